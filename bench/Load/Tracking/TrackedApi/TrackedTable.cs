using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Switchboard.Load.Tracking.TrackedApi;

/// <summary>The table of tracked mails in Postgres: its scan counter, its statistics and its materialised views.</summary>
internal sealed class TrackedTable(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    // an idle session reports what it counted after ten seconds at the latest
    private static readonly TimeSpan StatisticsDelay = TimeSpan.FromSeconds(11);

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

    /// <summary>Refreshes the materialised views over the table, one after the other.</summary>
    /// <returns>How many seconds each took.</returns>
    public async Task<IReadOnlyDictionary<string, double>> RefreshViewsAsync(CancellationToken cancellationToken)
    {
        var seconds = new Dictionary<string, double>();
        foreach (var (view, concurrently) in await ListViewsAsync(cancellationToken))
        {
            seconds[view[(view.IndexOf('.', StringComparison.Ordinal) + 1)..]] =
                await ExecuteAsync($"REFRESH MATERIALIZED VIEW {(concurrently ? "CONCURRENTLY " : "")}{view}", cancellationToken);
        }

        return seconds;
    }

    // views over the table, or over one of its views; CONCURRENTLY needs rows and a unique index
    private const string ViewsSql = """
        SELECT format('%I.%I', v.schemaname, v.matviewname),
               v.ispopulated AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL)
        FROM pg_matviews v
        JOIN pg_namespace s ON s.nspname = v.schemaname
        JOIN pg_class c ON c.relname = v.matviewname AND c.relnamespace = s.oid
        WHERE v.definition LIKE '%tracked_email%'
        ORDER BY c.oid
        """;

    private async Task<IReadOnlyList<(string View, bool Concurrently)>> ListViewsAsync(CancellationToken cancellationToken)
    {
        List<(string, bool)> views = [];
        await using var command = dataSource.CreateCommand(ViewsSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            views.Add((reader.GetString(0), reader.GetBoolean(1)));
        }

        return views;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The names of the views come quoted from Postgres.")]
    private async Task<double> ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        var started = timeProvider.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
        return Math.Round(timeProvider.GetElapsedTime(started).TotalSeconds, 2);
    }
}
