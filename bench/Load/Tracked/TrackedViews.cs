using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Switchboard.Load.Tracked;

/// <summary>The statistics and the materialised views of the table of tracked mails.</summary>
internal sealed class TrackedViews(NpgsqlDataSource database, TimeProvider time)
{
    // those that are made of the table, or of one that is; concurrently is possible when there are rows and a unique index
    private const string ListSql = """
        SELECT format('%I.%I', v.schemaname, v.matviewname),
               v.ispopulated AND EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL)
        FROM pg_matviews v
        JOIN pg_namespace s ON s.nspname = v.schemaname
        JOIN pg_class c ON c.relname = v.matviewname AND c.relnamespace = s.oid
        WHERE v.definition LIKE '%tracked_email%'
        ORDER BY c.oid
        """;

    /// <summary>Gathers the statistics that plans are made from.</summary>
    /// <returns>How many seconds it took.</returns>
    public Task<double> AnalyzeAsync(CancellationToken cancellation) => ExecuteAsync("ANALYZE tracked_emails", cancellation);

    /// <summary>Refreshes the views, one after the other.</summary>
    /// <returns>How many seconds each took.</returns>
    public async Task<IReadOnlyDictionary<string, double>> RefreshAsync(CancellationToken cancellation)
    {
        var seconds = new Dictionary<string, double>();
        foreach (var (view, concurrently) in await ListAsync(cancellation))
        {
            seconds[view[(view.IndexOf('.', StringComparison.Ordinal) + 1)..]] =
                await ExecuteAsync($"REFRESH MATERIALIZED VIEW {(concurrently ? "CONCURRENTLY " : "")}{view}", cancellation);
        }

        return seconds;
    }

    private async Task<IReadOnlyList<(string View, bool Concurrently)>> ListAsync(CancellationToken cancellation)
    {
        List<(string, bool)> views = [];
        await using var command = database.CreateCommand(ListSql);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            views.Add((reader.GetString(0), reader.GetBoolean(1)));
        }

        return views;
    }

    [SuppressMessage("Security", "CA2100", Justification = "The names of the views come quoted from Postgres.")]
    private async Task<double> ExecuteAsync(string sql, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
        return Math.Round(time.GetElapsedTime(started).TotalSeconds, 2);
    }
}
