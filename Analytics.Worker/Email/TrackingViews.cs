using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Postgres;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>
/// Refreshes the materialised views of tracked mail, while they are read (<c>CONCURRENTLY</c>). Each hour that changed is noted in
/// <c>tracked_email_changes</c>, and read from the tables until the views have it: the versions that were there before the refresh are
/// remembered, and only these are taken out after it. What changes meanwhile has another version and stays.
/// </summary>
internal sealed class TrackingViews(
    NpgsqlDataSource dataSource, QueryMonitor queries, IOptions<ViewOptions> options, TimeProvider timeProvider)
{
    private const string StateSql =
        """
        SELECT refreshed_at, duration_ms, (SELECT count(*) FROM (SELECT FROM tracked_email_changes LIMIT $1) AS changed)::int, wanted
        FROM tracking_view_refreshes
        """;

    private const string KnownSql = "SELECT account_id, hour, version FROM tracked_email_changes";

    // of this transaction alone: whole tables are grouped
    private const string SettingsSql = "SELECT set_config('work_mem', $1, true)";

    private const string HoursSql = "REFRESH MATERIALIZED VIEW CONCURRENTLY tracked_emails_hourly_metrics";

    private const string DomainsSql = "REFRESH MATERIALIZED VIEW CONCURRENTLY tracked_emails_domain_metrics";

    // what is being written to is passed over, since it changes: who records mail locks hours in another order, and the two would deadlock
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

    private const string NoteSql = "UPDATE tracking_view_refreshes SET refreshed_at = $1, duration_ms = $2, wanted = false";

    // a delete holds its rows until it commits, and who records mail waits for them
    private const int ForgottenAtOnce = 5_000;

    /// <summary>Refreshes the views if it is time, or whenever nobody else does.</summary>
    /// <param name="always">Whether it is time in any case.</param>
    /// <param name="cancellationToken">Ends the refresh.</param>
    /// <returns>How long it took; null if there was nothing to do here.</returns>
    public async Task<TimeSpan?> RefreshAsync(bool always, CancellationToken cancellationToken)
    {
        await using var holder = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var held = await holder.BeginTransactionAsync(cancellationToken);
        // of all processes; held by a separate transaction, which ends with its connection however that ends
        if (!await held.Command(AdvisoryLocks.TryOfTrackingViews).ScalarAsync<bool>(cancellationToken))
            return null;

        var now = timeProvider.GetUtcNow();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (!always && !(await StateAsync(connection, cancellationToken)).IsDue(now, options.Value))
            return null;

        var started = timeProvider.GetTimestamp();
        var known = await connection.Command(KnownSql).ListAsync(
            row => new ChangedHour(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2)), cancellationToken);
        await queries.RunAsync("refresh-hourly-metrics", token => RefreshAsync(connection, HoursSql, token), cancellationToken);
        await queries.RunAsync("refresh-domain-metrics", token => RefreshAsync(connection, DomainsSql, token), cancellationToken);
        // from here on the views are newer than what is noted: until it is taken out, they are only not used for it
        foreach (var some in known.Chunk(ForgottenAtOnce))
        {
            await connection.Command(
                ForgetSql,
                some.Select(hour => hour.AccountId).ToArray(),
                some.Select(hour => hour.Hour).ToArray(),
                some.Select(hour => hour.Version).ToArray()).RunAsync(cancellationToken);
        }

        var duration = timeProvider.GetElapsedTime(started);
        await connection.Command(NoteSql, now, (long)duration.TotalMilliseconds).RunAsync(cancellationToken);
        return duration;
    }

    private async Task<ViewState> StateAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.Command(StateSql, options.Value.ManyChanges).FirstAsync(
            row => new ViewState(
                row.GetFieldValue<DateTimeOffset>(0), TimeSpan.FromMilliseconds(row.GetInt64(1)), row.GetInt32(2), row.GetBoolean(3)),
            cancellationToken))!;

    private async Task<int> RefreshAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command(SettingsSql, $"{options.Value.WorkMemoryMegabytes}MB").RunAsync(cancellationToken);
        await using var refresh = transaction.Command(sql);
        refresh.CommandTimeout = options.Value.TimeoutSeconds;
        var answer = await refresh.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return answer;
    }

    private readonly record struct ChangedHour(Guid AccountId, DateTimeOffset Hour, long Version);
}

/// <summary>How the views stand. Whether it is time to refresh them is a pure decision.</summary>
/// <param name="RefreshedAt">When they were refreshed.</param>
/// <param name="Duration">How long that took.</param>
/// <param name="IsWanted">Whether somebody waits for them: an account that was disconnected is shown until then.</param>
/// <param name="Changes">How many hours of accounts have changed since, counted up to what is many.</param>
internal sealed record ViewState(DateTimeOffset RefreshedAt, TimeSpan Duration, int Changes, bool IsWanted = false)
{
    // of the time, a refresh takes a fifth at most
    private const int RestPerDuration = 4;

    /// <summary>
    /// Whether a refresh is due: in time; sooner after many changes or when somebody waits, but not one refresh after the other.
    /// </summary>
    public bool IsDue(DateTimeOffset now, ViewOptions options)
    {
        var age = now - RefreshedAt;
        // looked at now and then: what would be too late by the next look is due now
        if (age + TimeSpan.FromSeconds(options.CheckSeconds) >= TimeSpan.FromMinutes(options.RefreshMinutes))
            return true;
        return (IsWanted || Changes >= options.ManyChanges) && age >= Duration * (1 + RestPerDuration);
    }
}

/// <summary>Section <c>TrackingViews</c>: how often the materialised views of tracked mail are refreshed.</summary>
internal sealed class ViewOptions
{
    public const string Section = "TrackingViews";

    /// <summary>After so many minutes at the latest.</summary>
    [Range(1, 10)]
    public int RefreshMinutes { get; set; } = 10;

    /// <summary>How often it is looked whether it is time, in seconds.</summary>
    [Range(5, 60)]
    public int CheckSeconds { get; set; } = 20;

    /// <summary>A refresh comes sooner after so many hours of accounts changed: all those are read from the tables.</summary>
    [Range(1, 1_000_000)]
    public int ManyChanges { get; set; } = 2_000;

    /// <summary>For how many megabytes a refresh may sort in memory.</summary>
    [Range(4, 4_096)]
    public int WorkMemoryMegabytes { get; set; } = 256;

    /// <summary>After so many seconds a refresh is ended; the changes stay noted.</summary>
    [Range(10, 600)]
    public int TimeoutSeconds { get; set; } = 300;
}
