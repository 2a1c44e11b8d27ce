using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Postgres;

namespace Switchboard.Analytics.Worker.Email;

/// <summary>
/// Keeps the days of tracked mail (<c>tracked_email_days</c>) up to what the mails say. Each hour that changed is noted in
/// <c>tracked_email_changes</c>, and its day is read from the mails until it was made again: the versions that were noted before are
/// remembered, and only these are taken out after it, in the same transaction. What changes meanwhile has another version and stays.
/// </summary>
internal sealed class TrackingViews(
    NpgsqlDataSource dataSource, QueryMonitor queries, IOptions<ViewOptions> options, TimeProvider timeProvider)
{
    private const string StateSql =
        """
        SELECT refreshed_at, duration_ms, (SELECT count(*) FROM (SELECT FROM tracked_email_changes LIMIT $1) AS changed)::int
        FROM tracking_view_refreshes
        """;

    private const string ChangedSql =
        """
        SELECT account_id, hour, version FROM tracked_email_changes
        WHERE (account_id, hour) > ($1, $2)
        ORDER BY account_id, hour
        LIMIT $3
        """;

    // hundreds of days cost enough that Postgres would compile what makes them, for longer than it takes to make them
    private const string SettingsSql = "SET LOCAL jit = off";

    // of an account that was disconnected nothing is written any more, and its rows are deleted
    private const string MakeSql =
        """
        WITH made AS MATERIALIZED (
            SELECT changed.account_id, changed.day, packed.domains, packed.mails
            FROM unnest($1::uuid[], $2::date[]) AS changed (account_id, day)
            JOIN mailboxes ON mailboxes.id = changed.account_id
            CROSS JOIN LATERAL tracked_email_day(
                changed.account_id, changed.day::timestamp AT TIME ZONE 'UTC', (changed.day + 1)::timestamp AT TIME ZONE 'UTC') AS packed),
        emptied AS (
            DELETE FROM tracked_email_days AS t USING made WHERE t.account_id = made.account_id AND t.day = made.day AND made.mails IS NULL)
        INSERT INTO tracked_email_days AS t (account_id, day, domains, mails)
        SELECT * FROM made WHERE mails IS NOT NULL
        ON CONFLICT (account_id, day) DO UPDATE SET domains = excluded.domains, mails = excluded.mails
        WHERE (t.domains, t.mails) IS DISTINCT FROM (excluded.domains, excluded.mails)
        """;

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

    private const string NoteSql = "UPDATE tracking_view_refreshes SET refreshed_at = coalesce($1, refreshed_at), duration_ms = $2";

    // a transaction holds what it forgets until it commits, and who records mail waits for it
    private const int HoursAtOnce = 500;

    private const int LongestStatementSeconds = 300;

    /// <summary>Makes the days that changed, if it is time or whenever nobody else does.</summary>
    /// <param name="always">Whether it is time in any case.</param>
    /// <param name="cancellationToken">Ends it; what was made until then stays.</param>
    /// <returns>How long it took; null if there was nothing to do here.</returns>
    public async Task<TimeSpan?> RefreshAsync(bool always, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var started = timeProvider.GetTimestamp();
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        if (!always && !(await StateAsync(connection, cancellationToken)).IsDue(now, options.Value))
            return null;

        var (last, isDone, isAny) = (new ChangedHour(Guid.Empty, DateTimeOffset.MinValue, 0), false, false);
        while (!isDone && timeProvider.GetElapsedTime(started).TotalSeconds < options.Value.TimeoutSeconds
            && await queries.RunAsync("refresh-tracked-days", token => MakeAsync(connection, last, token), cancellationToken) is { } changed)
        {
            (isAny, isDone) = (true, changed.Count < HoursAtOnce);
            last = isDone ? last : changed[^1];
        }

        if (!isAny)
            return null;
        var duration = timeProvider.GetElapsedTime(started);
        await connection.Command(NoteSql, isDone ? now : null, (long)duration.TotalMilliseconds).RunAsync(cancellationToken);
        return duration;
    }

    // null when another process does it
    private async Task<List<ChangedHour>?> MakeAsync(NpgsqlConnection connection, ChangedHour last, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await transaction.Command(AdvisoryLocks.TryOfTrackingViews).ScalarAsync<bool>(cancellationToken))
            return null;

        await transaction.Command(SettingsSql).RunAsync(cancellationToken);
        var changed = await transaction.Command(ChangedSql, last.AccountId, last.Hour, HoursAtOnce).ListAsync(
            row => new ChangedHour(row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2)), cancellationToken);
        var days = changed.Select(hour => (hour.AccountId, Day: DateOnly.FromDateTime(hour.Hour.UtcDateTime))).Distinct().ToList();
        await using (var make = transaction.Command(
            MakeSql, days.Select(day => day.AccountId).ToArray(), days.Select(day => day.Day).ToArray()))
        {
            // what it has no time for now it has none for the next time either
            make.CommandTimeout = LongestStatementSeconds;
            await make.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.Command(
            ForgetSql,
            changed.Select(hour => hour.AccountId).ToArray(),
            changed.Select(hour => hour.Hour).ToArray(),
            changed.Select(hour => hour.Version).ToArray()).RunAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    private async Task<ViewState> StateAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.Command(StateSql, options.Value.ManyChanges).FirstAsync(
            row => new ViewState(row.GetFieldValue<DateTimeOffset>(0), TimeSpan.FromMilliseconds(row.GetInt64(1)), row.GetInt32(2)),
            cancellationToken))!;

    private readonly record struct ChangedHour(Guid AccountId, DateTimeOffset Hour, long Version);
}

/// <summary>How the days stand. Whether it is time to make those that changed is a pure decision.</summary>
/// <param name="RefreshedAt">When that was done.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Changes">How many hours of accounts have changed since, counted up to what is many.</param>
internal sealed record ViewState(DateTimeOffset RefreshedAt, TimeSpan Duration, int Changes)
{
    // of the time, it takes a fifth at most
    private const int RestPerDuration = 4;

    /// <summary>Whether it is time: in time, sooner after many changes, but not one refresh after the other.</summary>
    public bool IsDue(DateTimeOffset now, ViewOptions options)
    {
        var age = now - RefreshedAt;
        // looked at now and then: what would be too late by the next look is due now
        var isTime = age + TimeSpan.FromSeconds(options.CheckSeconds) >= TimeSpan.FromMinutes(options.RefreshMinutes);
        return (isTime || Changes >= options.ManyChanges) && age >= Duration * (1 + RestPerDuration);
    }
}

/// <summary>Section <c>TrackingViews</c>: how often what analytics reads of tracked mail is kept up.</summary>
internal sealed class ViewOptions
{
    public const string Section = "TrackingViews";

    /// <summary>After so many minutes.</summary>
    [Range(1, 10)]
    public int RefreshMinutes { get; set; } = 1;

    /// <summary>How often it is looked whether it is time, in seconds.</summary>
    [Range(5, 60)]
    public int CheckSeconds { get; set; } = 20;

    /// <summary>It comes sooner after so many hours of accounts changed: the days of all those are read from the mails.</summary>
    [Range(1, 1_000_000)]
    public int ManyChanges { get; set; } = 200;

    /// <summary>After so many seconds a refresh ends; what is left stays noted, and the next goes on with it.</summary>
    [Range(10, 600)]
    public int TimeoutSeconds { get; set; } = 60;
}
