using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>The table of tracked mails in Postgres: its scan counter, its statistics and what the product keeps of its days.</summary>
internal sealed class TrackedTable(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    // an idle session reports what it counted after ten seconds at the latest
    private static readonly TimeSpan StatisticsDelay = TimeSpan.FromSeconds(11);

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(0.5);

    private const string CountsSql = """
        SELECT coalesce(s.seq_scan, 0), greatest(c.reltuples, 0)::bigint
        FROM pg_class c
        JOIN pg_stat_user_tables s ON s.relid = c.oid
        WHERE c.oid = 'tracked_emails'::regclass
        """;

    /// <summary>How many sequential scans of the table there were so far, and how many rows it has, as Postgres estimates.</summary>
    public async Task<(long Scans, long Rows)> ReadAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(CountsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? (reader.GetInt64(0), reader.GetInt64(1))
            : throw new LoadException("The database of --database has no table tracked_emails.");
    }

    /// <summary>The same, once all sessions have reported what they counted until now.</summary>
    public async Task<(long Scans, long Rows)> ReadSettledAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(StatisticsDelay, timeProvider, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    /// <summary>
    /// Gathers the statistics that plans are made from, and does what autovacuum has done long since where mails came over months: notes
    /// which pages all can see, without which no index answers alone, and puts the terms of searches in their order.
    /// </summary>
    /// <returns>How many seconds it took.</returns>
    public Task<double> VacuumAsync(CancellationToken cancellationToken) => ExecuteAsync("VACUUM (ANALYZE) tracked_emails", cancellationToken);

    private const string NoteSql = """
        INSERT INTO tracked_email_changes AS c (account_id, hour)
        SELECT DISTINCT account_id, date_bin('1 hour', sent_at, '0001-01-01 00:00Z') FROM tracked_emails WHERE account_id = ANY ($1)
        ON CONFLICT (account_id, hour) DO UPDATE SET version = c.version + 1
        """;

    private const string LeftSql = "SELECT count(*) FROM tracked_email_changes WHERE account_id = ANY ($1)";

    /// <summary>
    /// Notes all hours of these accounts as changed, as recording their mails does, and waits until the product has brought what it keeps
    /// of them up to that.
    /// </summary>
    /// <returns>How many seconds it took from the note on.</returns>
    public async Task<double> BringUpAsync(IReadOnlyList<Guid> accounts, Action<double> report, CancellationToken cancellationToken)
    {
        object[] ids = [accounts.ToArray()];
        await ExecuteAsync(NoteSql, cancellationToken, ids);
        var (started, noted, left) = (timeProvider.GetTimestamp(), await LeftAsync(), 0L);
        // some change at any moment: those that expire
        while ((left = await LeftAsync()) > noted / 100)
        {
            report(1 - ((double)left / noted));
            await Task.Delay(LookAgain, timeProvider, cancellationToken);
        }

        return Math.Round(timeProvider.GetElapsedTime(started).TotalSeconds, 2);

        async Task<long> LeftAsync()
        {
            await using var command = dataSource.CreateCommand(LeftSql);
            command.Parameters.Add(new NpgsqlParameter { Value = ids[0] });
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constants of this class.")]
    private async Task<double> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        var started = timeProvider.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
        return Math.Round(timeProvider.GetElapsedTime(started).TotalSeconds, 2);
    }
}
