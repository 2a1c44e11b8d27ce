using Npgsql;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// What the planner knows of the tables of tracked mail. A full sync fills them faster than autovacuum counts them (once a minute): as long
/// as the planner takes them for small, or an account for one with few mails, any index that begins with the account looks as good to it as
/// the right one, and each look-up reads all mails of the account. So a sync has them counted as it goes.
/// </summary>
internal sealed class TableStatistics(NpgsqlDataSource dataSource)
{
    // of those that have changed by a fifth, and by a thousand rows at least, since they were counted
    private const string OutdatedSql =
        """
        SELECT c.relname
        FROM pg_class AS c
        WHERE c.oid IN ('tracked_emails'::regclass, 'received_emails'::regclass)
          AND pg_stat_get_mod_since_analyze(c.oid) > greatest(1000, 0.2 * c.reltuples)
        """;

    /// <summary>Counts the tables that have changed much. Counts a sample, and holds up nobody who reads or writes.</summary>
    public async Task KeepAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        foreach (var table in await OutdatedAsync(connection, cancellation))
        {
            // autovacuum may be at it
            await using var count = new NpgsqlCommand($"ANALYZE (SKIP_LOCKED) {table}", connection);
            await count.ExecuteNonQueryAsync(cancellation);
        }
    }

    private static async Task<IReadOnlyList<string>> OutdatedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(OutdatedSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancellation))
            tables.Add(reader.GetString(0));
        return tables;
    }
}
