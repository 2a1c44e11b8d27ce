using Npgsql;

namespace Switchboard.Load.Tracked;

/// <summary>What Postgres counts about the table of tracked mails.</summary>
internal sealed class TrackedTable(NpgsqlDataSource database, TimeProvider time)
{
    private const string Sql = """
        SELECT coalesce(s.seq_scan, 0), greatest(c.reltuples, 0)::bigint
        FROM pg_class c
        JOIN pg_stat_user_tables s ON s.relid = c.oid
        WHERE c.oid = 'tracked_emails'::regclass
        """;

    // a session that has nothing to do hands in what it counted after ten seconds at the latest
    private static readonly TimeSpan CountsLate = TimeSpan.FromSeconds(11);

    /// <summary>How often the table was read from end to end so far, and how many rows it has, as estimated.</summary>
    public async Task<(long Scans, long Rows)> ReadAsync(CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(Sql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? (reader.GetInt64(0), reader.GetInt64(1))
            : throw new LoadException("The database of --database has no table tracked_emails.");
    }

    /// <summary>The same, when all sessions have handed in what they counted until now.</summary>
    public async Task<(long Scans, long Rows)> ReadSettledAsync(CancellationToken cancellation)
    {
        await Task.Delay(CountsLate, time, cancellation);
        return await ReadAsync(cancellation);
    }
}
