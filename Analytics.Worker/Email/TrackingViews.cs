using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>
/// Makes the materialised views of tracked mail anew, while they are read (<c>CONCURRENTLY</c>). Each hour that changed is noted in
/// <c>tracked_email_changes</c>, and read from the tables until the views have it: the versions that were there before the refresh are
/// remembered, and only these are taken out after it. What changes meanwhile has another version and stays.
/// </summary>
internal sealed class TrackingViews(NpgsqlDataSource dataSource, QueryMonitor queries, IOptions<ViewOptions> options, TimeProvider time)
{
    // of all processes; held by a transaction of its own, which ends with its connection however that ends
    private const string LockSql = "SELECT pg_try_advisory_xact_lock(hashtextextended('tracking-views', 3))";

    private const string StateSql =
        """
        SELECT refreshed_at, duration_ms, (SELECT count(*) FROM (SELECT FROM tracked_email_changes LIMIT $1) AS changed)::int
        FROM tracking_view_refreshes
        """;

    private const string KnownSql = "SELECT account_id, hour, version FROM tracked_email_changes";

    // of this transaction alone: whole tables are grouped
    private const string SettingsSql = "SELECT set_config('work_mem', $1, true)";

    private const string HoursSql = "REFRESH MATERIALIZED VIEW CONCURRENTLY tracked_emails_hourly_metrics";

    private const string DomainsSql = "REFRESH MATERIALIZED VIEW CONCURRENTLY tracked_emails_domain_metrics";

    // what is being written to is passed over, since it changes: who records mail and this one never wait for each other in a circle
    private const string ForgetSql =
        """
        DELETE FROM tracked_email_changes AS c
        USING (
            SELECT listed.account_id, listed.hour
            FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) AS known (account_id, hour, version)
            JOIN tracked_email_changes AS listed ON listed.account_id = known.account_id AND listed.hour = known.hour
            WHERE listed.version = known.version
            FOR UPDATE OF listed SKIP LOCKED) AS settled
        WHERE c.account_id = settled.account_id AND c.hour = settled.hour
        """;

    private const string NoteSql = "UPDATE tracking_view_refreshes SET refreshed_at = $1, duration_ms = $2";

    // a delete holds its rows until it commits, and who records mail waits for them
    private const int ForgottenAtOnce = 5_000;

    /// <summary>Makes the views anew if it is time, or whenever nobody else is at it.</summary>
    /// <param name="always">Whether it is time in any case.</param>
    /// <param name="cancellation">Ends the refresh.</param>
    /// <returns>How long it took; null if there was nothing to do here.</returns>
    public async Task<TimeSpan?> RefreshAsync(bool always, CancellationToken cancellation)
    {
        await using var holder = await dataSource.OpenConnectionAsync(cancellation);
        await using var held = await holder.BeginTransactionAsync(cancellation);
        await using (var command = new NpgsqlCommand(LockSql, holder, held))
        {
            if (await command.ExecuteScalarAsync(cancellation) is not true)
                return null;
        }

        var now = time.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        if (!always && !(await StateAsync(connection, cancellation)).IsDue(now, options.Value))
            return null;

        var begun = time.GetTimestamp();
        var known = await KnownAsync(connection, cancellation);
        await queries.RunAsync("refresh-hourly-metrics", ct => RefreshAsync(connection, HoursSql, ct), cancellation);
        await queries.RunAsync("refresh-domain-metrics", ct => RefreshAsync(connection, DomainsSql, ct), cancellation);
        // from here on the views are newer than what is noted: until it is taken out, they are only not used for it
        foreach (var some in known.Chunk(ForgottenAtOnce))
            await ForgetAsync(connection, some, cancellation);
        var duration = time.GetElapsedTime(begun);
        await NoteAsync(connection, now, duration, cancellation);
        return duration;
    }

    private async Task<ViewState> StateAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(StateSql, connection);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = options.Value.ManyChanges });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new(reader.GetFieldValue<DateTimeOffset>(0), TimeSpan.FromMilliseconds(reader.GetInt64(1)), reader.GetInt32(2));
    }

    private static async Task<List<ChangedHour>> KnownAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(KnownSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var known = new List<ChangedHour>();
        while (await reader.ReadAsync(cancellation))
            known.Add(new(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetInt64(2)));
        return known;
    }

    private async Task<int> RefreshAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await using (var settings = new NpgsqlCommand(SettingsSql, connection, transaction))
        {
            settings.Parameters.Add(new NpgsqlParameter<string> { TypedValue = $"{options.Value.WorkMemoryMegabytes}MB" });
            await settings.ExecuteNonQueryAsync(cancellation);
        }

        await using var refresh = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = options.Value.TimeoutSeconds };
        var answer = await refresh.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return answer;
    }

    private static async Task ForgetAsync(NpgsqlConnection connection, ChangedHour[] known, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(ForgetSql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. known.Select(hour => hour.AccountId)] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. known.Select(hour => hour.Hour)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. known.Select(hour => hour.Version)] });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private static async Task NoteAsync(NpgsqlConnection connection, DateTimeOffset at, TimeSpan duration, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(NoteSql, connection);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = at });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)duration.TotalMilliseconds });
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private readonly record struct ChangedHour(Guid AccountId, DateTimeOffset Hour, long Version);
}
