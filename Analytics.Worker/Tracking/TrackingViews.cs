using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Performance;

namespace Switchboard.Analytics.Worker.Tracking;

/// <summary>
/// The materialised views behind analytics of tracked mail. Analytics takes hours of <c>tracked_email_changes</c> from the table; so what
/// may be struck off that list after a refresh is what stood on it before the refresh began, and has not changed since. A crash in
/// between leaves hours on the list that need not be there, which is slower and never wrong.
/// </summary>
internal sealed class TrackingViews(NpgsqlDataSource dataSource, QueryMonitor queries, IOptions<TrackingViewOptions> options, TimeProvider time)
{
    private const string StateSql =
        """
        SELECT refreshed_at, (SELECT count(*)::int FROM (SELECT FROM tracked_email_changes LIMIT $1) AS counted)
        FROM tracking_view_refreshes
        """;

    // of the session, and gone with it
    private const string LockSql = "SELECT pg_try_advisory_lock(hashtextextended('tracking views', 3))";

    // the sorts of millions of rows
    private const string PrepareSql =
        """
        SET work_mem = '128MB';
        SET maintenance_work_mem = '128MB';
        CREATE TEMP TABLE known_changes AS SELECT account_id, hour, version FROM tracked_email_changes;
        """;

    private static readonly string[] Views = ["tracked_emails_hourly_metrics", "tracked_emails_domain_metrics"];

    // what another transaction is writing to is passed over: it is being changed
    private const string StrikeOffSql =
        """
        DELETE FROM tracked_email_changes AS change
        USING (
            SELECT listed.account_id, listed.hour
            FROM tracked_email_changes AS listed
            JOIN known_changes AS known ON known.account_id = listed.account_id AND known.hour = listed.hour
            WHERE listed.version = known.version
            FOR UPDATE OF listed SKIP LOCKED) AS settled
        WHERE change.account_id = settled.account_id AND change.hour = settled.hour
        """;

    private const string NoteSql = "UPDATE tracking_view_refreshes SET refreshed_at = $1, duration_ms = $2";

    /// <summary>Makes the views anew if it is time and nobody else is at it.</summary>
    /// <returns>How long it took; null when it was not done.</returns>
    public async Task<TimeSpan?> RefreshIfDueAsync(CancellationToken cancellation)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        if (!await IsDueAsync(connection, cancellation) || !await TryLockAsync(connection, cancellation))
            return null;
        // somebody else may have done it just before
        return await IsDueAsync(connection, cancellation) ? await RefreshAsync(connection, cancellation) : null;
    }

    private async Task<bool> IsDueAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(StateSql, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.ChangedHours });
        await using var row = await command.ExecuteReaderAsync(cancellation);
        return await row.ReadAsync(cancellation)
            && options.Value.IsDue(time.GetUtcNow() - row.GetFieldValue<DateTimeOffset>(0), row.GetInt32(1));
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(LockSql, connection);
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }

    private async Task<TimeSpan> RefreshAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var (begun, begunAt) = (time.GetTimestamp(), time.GetUtcNow());
        await ExecuteAsync(connection, PrepareSql, cancellation);
        foreach (var view in Views)
        {
            await queries.RunAsync(
                $"refresh-{view.Replace('_', '-')}",
                ct => ExecuteAsync(connection, $"REFRESH MATERIALIZED VIEW CONCURRENTLY {view}", ct),
                cancellation);
        }

        var duration = time.GetElapsedTime(begun);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(StrikeOffSql), new(NoteSql) } };
        batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = begunAt });
        batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)duration.TotalMilliseconds });
        await batch.ExecuteNonQueryAsync(cancellation);
        return duration;
    }

    private async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = options.Value.TimeoutSeconds };
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
