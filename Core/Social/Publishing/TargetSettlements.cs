using Npgsql;
using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Publishing;

/// <summary>What became of a target that was claimed, or that a person speaks for.</summary>
/// <param name="TargetId">The target.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Claim">The claim under which it was looked at; null for a person.</param>
/// <param name="Number">Which attempt it is about.</param>
/// <param name="State">What the target is now: a value of <see cref="TargetStates"/>.</param>
public sealed record TargetSettlement(Guid TargetId, Guid UserId, Guid? Claim, int Number, string State)
{
    /// <summary>What the attempt is now: a value of <see cref="AttemptState"/>; null: there was none.</summary>
    public string? Attempt { get; init; }

    /// <summary>How that is known: <see cref="AttemptState.ByAnswer"/> and the like.</summary>
    public string? SettledBy { get; init; }

    /// <summary>What the platform answered.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>Why it waits, or is not known: a value of <see cref="TargetReasons"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>What was said of it, for people.</summary>
    public string? Error { get; init; }

    /// <summary>When it is looked at again; null: not before something happens.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The platform's id of the post.</summary>
    public string? RemoteId { get; init; }

    /// <summary>Where people see it.</summary>
    public string? RemoteUrl { get; init; }

    /// <summary>Whether the platform has throttled it.</summary>
    public bool IsThrottled { get; init; }
}

/// <summary>The states of an attempt, and how one was settled: values of <c>social_attempts</c>.</summary>
public static class AttemptState
{
    /// <summary>The platform has made the post.</summary>
    public const string Accepted = "accepted";

    /// <summary>It has made nothing.</summary>
    public const string Failed = "failed";

    /// <summary>It is not known what it has made.</summary>
    public const string Unknown = "unknown";

    /// <summary>It counts for none, and its row is removed: it was throttled.</summary>
    public const string Withdrawn = "withdrawn";

    /// <summary>The platform's answer to the attempt said so.</summary>
    public const string ByAnswer = "answer";

    /// <summary>The platform was asked afterwards.</summary>
    public const string ByReadBack = "read-back";

    /// <summary>A person said so.</summary>
    public const string ByPerson = "person";
}

/// <summary>A target as it was met and became.</summary>
/// <param name="TargetId">The target.</param>
/// <param name="UserId">Whose.</param>
/// <param name="PostId">Its post.</param>
/// <param name="AccountId">Where it goes.</param>
/// <param name="Platform">Its platform.</param>
/// <param name="Before">Its state before.</param>
/// <param name="State">Its state now.</param>
/// <param name="DueAt">When it was due.</param>
/// <param name="SentAt">When its last attempt began.</param>
public sealed record SettledTarget(
    Guid TargetId,
    Guid UserId,
    Guid PostId,
    Guid AccountId,
    string Platform,
    string Before,
    string State,
    DateTimeOffset? DueAt,
    DateTimeOffset? SentAt)
{
    /// <summary>What happened to it that others are told of.</summary>
    public IEnumerable<EventRecord> Events(DateTimeOffset at)
    {
        if (State == Before)
            yield break;
        if (State == TargetStates.Published)
            yield return Event(PostEvents.Published, Math.Max(0, (long)((SentAt - DueAt)?.TotalMilliseconds ?? 0)));
        else if (State == TargetStates.Failed)
            yield return Event(PostEvents.Failed);
        else if (State == TargetStates.Unknown)
            yield return Event(PostEvents.Unknown);

        EventRecord Event(string type, long value = 0) => EventRecord.Of(type, UserId, PostId, Platform, at, value);
    }
}

/// <summary>Writes down what became of targets: they, their attempts, the counts of their accounts and the states of their posts
/// together.</summary>
public static class TargetSettlements
{
    // accounts before posts before targets, each in its order: as those do that begin attempts
    private const string LockAccountsSql =
        """
        SELECT FROM social_accounts a
        WHERE (a.user_id, a.id) IN (
            SELECT t.user_id, t.account_id
            FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, user_id)
            JOIN social_post_targets t ON t.id = asked.id AND t.user_id = asked.user_id)
        ORDER BY a.id
        FOR NO KEY UPDATE
        """;

    private const string LockPostsSql =
        """
        SELECT FROM social_posts p
        WHERE (p.user_id, p.id) IN (
            SELECT t.user_id, t.post_id
            FROM unnest($1::uuid[], $2::uuid[]) AS asked (id, user_id)
            JOIN social_post_targets t ON t.id = asked.id AND t.user_id = asked.user_id)
        ORDER BY p.id
        FOR NO KEY UPDATE
        """;

    // who claimed it says what it is; an answer that came late, after others had looked at it, is true all the same if it made the post
    private const string SettleSql =
        """
        WITH met AS (
            SELECT t.id, t.user_id, t.post_id, t.account_id, t.platform, t.state AS before, t.due_at, t.sent_at,
                   attempt.state AS attempt_before,
                   (coalesce(attempt.began_at, $15) AT TIME ZONE 'UTC')::date AS day,
                   answer.number, answer.state, answer.attempt, answer.settled_by, answer.http_status, answer.reason, answer.error,
                   answer.next_attempt_at, answer.remote_id, answer.remote_url, answer.is_throttled
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[],
                        $11::timestamptz[], $12::text[], $13::text[], $14::boolean[])
                AS answer (id, user_id, claim, number, state, attempt, settled_by, http_status, reason, error, next_attempt_at, remote_id,
                           remote_url, is_throttled)
            JOIN social_post_targets t ON t.id = answer.id AND t.user_id = answer.user_id
            LEFT JOIN social_attempts attempt ON attempt.target_id = t.id AND attempt.number = answer.number
            WHERE t.claim = answer.claim
               OR (answer.claim IS NULL AND t.state = 'unknown' AND t.attempts = answer.number)
               OR (answer.attempt = 'accepted' AND t.attempts = answer.number AND t.state NOT IN ('published', 'deleted'))
            ORDER BY t.id
            FOR NO KEY UPDATE OF t
        ), target AS (
            UPDATE social_post_targets t
            SET state = met.state, reason = met.reason, error = met.error, next_attempt_at = met.next_attempt_at,
                claim = NULL, claimed_until = NULL,
                held_since = CASE WHEN met.state <> 'waiting' THEN NULL
                                  WHEN t.reason = met.reason THEN coalesce(t.held_since, $15)
                                  ELSE $15 END,
                attempts = CASE WHEN met.attempt = 'withdrawn' THEN t.attempts - 1
                                WHEN met.attempt IS NOT NULL THEN greatest(t.attempts, met.number)
                                ELSE t.attempts END,
                remote_id = coalesce(met.remote_id, t.remote_id), remote_url = coalesce(met.remote_url, t.remote_url),
                published_at = CASE WHEN met.state <> 'published' THEN t.published_at
                                    WHEN met.settled_by = 'answer' THEN $15
                                    ELSE coalesce(t.sent_at, $15) END,
                updated_at = $15
            FROM met
            WHERE t.id = met.id AND t.user_id = met.user_id
        ), withdrawn AS (
            DELETE FROM social_attempts attempt
            USING met
            WHERE attempt.target_id = met.id AND attempt.number = met.number AND met.attempt = 'withdrawn'
        ), attempt AS (
            INSERT INTO social_attempts (target_id, number, state, settled_by, http_status, error, began_at, ended_at)
            SELECT id, number, attempt, settled_by, http_status, error, $15, CASE WHEN attempt <> 'unknown' THEN $15 END
            FROM met
            WHERE attempt IN ('accepted', 'failed', 'unknown')
            ON CONFLICT (target_id, number) DO UPDATE
            SET state = excluded.state, settled_by = excluded.settled_by, ended_at = excluded.ended_at,
                http_status = coalesce(excluded.http_status, social_attempts.http_status),
                error = coalesce(excluded.error, social_attempts.error)
        ), delta AS (
            SELECT account_id, day,
                   count(*) FILTER (WHERE attempt_before IN ('sending', 'unknown') AND attempt IN ('failed', 'withdrawn')) AS unsent,
                   count(*) FILTER (WHERE attempt = 'accepted') AS published,
                   count(*) FILTER (WHERE attempt = 'failed') AS failed,
                   count(*) FILTER (WHERE is_throttled) AS throttled,
                   count(*) FILTER (WHERE attempt = 'unknown' AND attempt_before = 'sending')
                       - count(*) FILTER (WHERE attempt_before = 'unknown' AND attempt IN ('accepted', 'failed')) AS unknown
            FROM met
            WHERE attempt IS NOT NULL OR is_throttled
            GROUP BY account_id, day
        ), day AS (
            SELECT d.account_id, d.day
            FROM social_account_days d
            JOIN delta USING (account_id, day)
            ORDER BY d.account_id, d.day
            FOR NO KEY UPDATE OF d
        ), counted AS (
            UPDATE social_account_days d
            SET sent = greatest(0, d.sent - delta.unsent), published = d.published + delta.published, failed = d.failed + delta.failed,
                throttled = d.throttled + delta.throttled, unknown = greatest(0, d.unknown + delta.unknown)
            FROM delta
            JOIN day USING (account_id, day)
            WHERE d.account_id = delta.account_id AND d.day = delta.day
        ), first AS (
            INSERT INTO social_account_days AS d (account_id, day, published, failed, throttled, unknown)
            SELECT account_id, day, published, failed, throttled, greatest(0, unknown)
            FROM delta
            WHERE NOT EXISTS (SELECT FROM day WHERE day.account_id = delta.account_id AND day.day = delta.day)
            ORDER BY account_id, day
            ON CONFLICT (account_id, day) DO UPDATE
            SET published = d.published + excluded.published, failed = d.failed + excluded.failed,
                throttled = d.throttled + excluded.throttled, unknown = d.unknown + excluded.unknown
        ), account AS (
            UPDATE social_accounts a
            SET last_published_at = $15
            FROM (SELECT DISTINCT user_id, account_id FROM met WHERE state = 'published') AS done
            WHERE a.id = done.account_id AND a.user_id = done.user_id
        )
        SELECT id, user_id, post_id, account_id, platform, before, state, due_at, sent_at FROM met
        """;

    /// <summary>Writes them, within the caller's transaction.</summary>
    /// <returns>Those that it was for the caller to settle: what was cancelled, armed again or settled by others meanwhile is not among
    /// them.</returns>
    public static async Task<IReadOnlyList<SettledTarget>> WriteAsync(
        NpgsqlTransaction transaction, IReadOnlyList<TargetSettlement> settlements, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settlements);
        if (settlements.Any(one => one.State == TargetStates.Published))
            await transaction.Command(LockAccountsSql, Column(one => one.TargetId), Column(one => one.UserId)).RunAsync(cancellationToken);
        await transaction.Command(LockPostsSql, Column(one => one.TargetId), Column(one => one.UserId)).RunAsync(cancellationToken);
        var written = await transaction.Command(
            SettleSql,
            Column(one => one.TargetId),
            Column(one => one.UserId),
            Column(one => one.Claim),
            Column(one => one.Number),
            Column(one => one.State),
            Column(one => one.Attempt),
            Column(one => one.SettledBy),
            Column(one => one.HttpStatus),
            Column(one => one.Reason),
            Column(one => Storable(one.Error)),
            Column(one => one.NextAttemptAt?.ToUniversalTime()),
            Column(one => Storable(one.RemoteId)),
            Column(one => Storable(one.RemoteUrl)),
            Column(one => one.IsThrottled),
            now).ListAsync(Read, cancellationToken);
        if (written.Count > 0)
            await PostState.DeriveAsync(transaction, [.. written.Select(one => (one.UserId, one.PostId))], now, cancellationToken);
        return written;

        T[] Column<T>(Func<TargetSettlement, T> value) => [.. settlements.Select(value)];
    }

    /// <summary>What follows for others: the events, and the health of the accounts to which something went wrong.</summary>
    public static IReadOnlyList<OutgoingJob> JobsOf(IReadOnlyList<SettledTarget> settled, DateTimeOffset now, TimeProvider timeProvider) =>
    [
        .. RecordEvents.Of([.. settled.SelectMany(target => target.Events(now))], timeProvider),
        .. settled.Where(target => target.State is TargetStates.Failed or TargetStates.Unknown).GroupBy(target => target.UserId)
            .Select(user => new OutgoingJob(
                new ScoreAccounts(Guid.CreateVersion7(now), user.Key, [.. user.Select(target => target.AccountId).Distinct()]))),
    ];

    private static string? Storable(string? text) => text is null ? null : StorableText.From(StorableText.Cut(text, MaxText));

    private const int MaxText = 2_000;

    private static SettledTarget Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetGuid(2),
        row.GetGuid(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.Nullable<DateTimeOffset>(7),
        row.Nullable<DateTimeOffset>(8));
}
