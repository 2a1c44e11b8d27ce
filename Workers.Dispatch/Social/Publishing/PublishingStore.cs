using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Workers.Dispatch.Social.Publishing;

/// <summary>
/// The rows of what is published: claimed, prepared, begun and settled, each a statement for all that are at that point. Whoever locks rows
/// locks accounts before posts before targets, each in its order.
/// </summary>
internal sealed class PublishingStore(
    NpgsqlDataSource dataSource, ScheduledJobs scheduledJobs, IOptions<PublishingOptions> options, TimeProvider timeProvider)
{
    private static readonly TimeSpan About = TimeSpan.FromHours(1);

    private readonly TimeSpan _claim = options.Value.Claim;

    // of an account what is to be read back, then what was due first; the others are put off, a second for each before them. A limit
    // that is over holds nothing up, whenever the review of accounts comes to end it
    private const string ClaimSql =
        """
        WITH found AS MATERIALIZED (
            SELECT t.id, t.user_id, t.post_id, t.account_id, t.platform, t.state, t.job_id, t.due_at, t.next_attempt_at, t.attempts, t.attempt_limit,
                   t.prepared, t.prepared_version, t.sent, t.sent_at, t.reason, t.held_since, t.claimed_until, p.content, p.version,
                   CASE WHEN a.state = 'limited' AND a.state_until <= $4 THEN 'active' ELSE a.state END AS account_state,
                   a.state_reason, a.state_until, d.sent AS sent_today
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS asked (id, user_id, job_id)
            JOIN social_post_targets t ON t.id = asked.id AND t.user_id = asked.user_id AND t.job_id = asked.job_id
            JOIN social_posts p ON p.id = t.post_id AND p.user_id = t.user_id
            JOIN social_accounts a ON a.id = t.account_id AND a.user_id = t.user_id
            LEFT JOIN social_account_days d ON d.account_id = t.account_id AND d.day = ($4::timestamptz AT TIME ZONE 'UTC')::date
            ORDER BY t.id
            FOR NO KEY UPDATE OF t
        ), looked AS (
            SELECT found.*, CASE
                       WHEN found.claimed_until > $4 THEN 'claimed'
                       WHEN found.state = 'sending' THEN 'in-doubt'
                       WHEN found.next_attempt_at IS NULL
                         OR found.state NOT IN ('pending', 'waiting', 'preparing', 'ready', 'unknown') THEN 'none'
                       WHEN found.next_attempt_at > $4 THEN 'later'
                       WHEN found.state = 'unknown' THEN 'read-back'
                       ELSE 'publish' END AS turn
            FROM found
        ), ranked AS (
            SELECT looked.*,
                   row_number() OVER (
                       PARTITION BY looked.account_id, looked.turn IN ('read-back', 'publish') ORDER BY looked.turn DESC, looked.due_at, looked.id)
                       + CASE WHEN EXISTS (
                             SELECT FROM social_post_targets other
                             WHERE other.account_id = looked.account_id AND other.claim IS NOT NULL AND other.claimed_until > $4
                               AND other.id <> looked.id) THEN 1 ELSE 0 END AS rank
            FROM looked
        ), claimed AS (
            UPDATE social_post_targets t
            SET claim = $5, claimed_until = $4 + $6::interval
            FROM ranked
            WHERE t.id = ranked.id AND t.user_id = ranked.user_id
              AND (ranked.turn = 'in-doubt' OR (ranked.turn IN ('read-back', 'publish') AND ranked.rank = 1))
        ), put_off AS (
            UPDATE social_post_targets t
            SET next_attempt_at = $4 + least(ranked.rank - 1, 60) * interval '1 second',
                reason = CASE ranked.turn WHEN 'publish' THEN 'busy' ELSE t.reason END,
                state = CASE t.state WHEN 'pending' THEN 'waiting' ELSE t.state END
            FROM ranked
            WHERE t.id = ranked.id AND t.user_id = ranked.user_id AND ranked.turn IN ('read-back', 'publish') AND ranked.rank > 1
        )
        SELECT id, user_id, post_id, account_id, platform, state,
               CASE WHEN turn IN ('read-back', 'publish') AND rank > 1 THEN 'busy' ELSE turn END,
               CASE WHEN turn = 'claimed' THEN claimed_until
                    WHEN turn IN ('read-back', 'publish') THEN $4 + least(rank - 1, 60) * interval '1 second'
                    ELSE next_attempt_at END,
               due_at, content::text, version, attempts, attempt_limit,
               CASE WHEN turn <> 'publish' OR prepared_version = version THEN prepared::text END,
               sent::text, sent_at, reason, held_since, account_state, state_reason, state_until, coalesce(sent_today, 0), job_id
        FROM ranked
        """;

    /// <summary>
    /// Claims what is to be done now of the targets of jobs, and answers all that still wait for their job, claimed or not, by its id: of
    /// several jobs of a target the one that its row names. A claim ends by itself; until then nobody else gets the target, and nothing more of its account.
    /// </summary>
    public async Task<IReadOnlyDictionary<Guid, ClaimedTarget>> ClaimAsync(
        IReadOnlyCollection<PublishPost> jobs, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var claim = Guid.CreateVersion7(now);
        var asked = jobs.DistinctBy(job => job.Id).ToArray();
        var found = await dataSource.Command(
            ClaimSql,
            asked.Select(job => job.TargetId).ToArray(),
            asked.Select(job => job.UserId).ToArray(),
            asked.Select(job => job.Id).ToArray(),
            now, claim, _claim).ListAsync(row => ClaimedTarget.Read(row, claim), cancellationToken);
        return found.ToDictionary(target => target.JobId);
    }

    private const string SavePreparedSql =
        """
        WITH mine AS (
            UPDATE social_post_targets
            SET prepared = $4::jsonb, prepared_version = $5, state = $8, claimed_until = $6::timestamptz + $7::interval, updated_at = $6
            WHERE id = $1 AND user_id = $2 AND claim = $3 AND claimed_until > $6 AND state IN ('pending', 'waiting', 'preparing', 'ready')
            RETURNING id, attempts
        ), attempt AS (
            INSERT INTO social_attempts (target_id, number, state, began_at)
            SELECT id, attempts + 1, 'prepared', $6 FROM mine
            ON CONFLICT DO NOTHING
        )
        SELECT id FROM mine
        """;

    /// <summary>Keeps what was prepared so far, and the claim for a further step.</summary>
    /// <returns>Whether the target is still ours.</returns>
    public async Task<bool> SavePreparedAsync(ClaimedTarget target, JsonElement prepared, bool isReady, CancellationToken cancellationToken) =>
        (await dataSource.Command(
            SavePreparedSql, target.Id, target.UserId, target.Claim, prepared.GetRawText(), target.Version, timeProvider.GetUtcNow(), _claim,
            isReady ? TargetStates.Ready : TargetStates.Preparing).ListAsync(row => row.GetGuid(0), cancellationToken)).Count > 0;

    private const string ProlongSql =
        """
        UPDATE social_post_targets SET claimed_until = $4::timestamptz + $5::interval
        WHERE id = $1 AND user_id = $2 AND claim = $3 AND claimed_until > $4
        """;

    /// <summary>Holds a claim for longer.</summary>
    /// <returns>Whether the target is still ours.</returns>
    public async Task<bool> ProlongAsync(ClaimedTarget target, TimeSpan by, CancellationToken cancellationToken) => await dataSource
        .Command(ProlongSql, target.Id, target.UserId, target.Claim, timeProvider.GetUtcNow(), by).RunAsync(cancellationToken) > 0;

    private const string RemoteIdsSql =
        """
        SELECT remote_id FROM social_post_targets
        WHERE user_id = $1 AND account_id = $2 AND id <> $3 AND remote_id IS NOT NULL AND sent_at BETWEEN $4 AND $5
        """;

    /// <summary>What the platform calls other posts of the account that were sent about the same time.</summary>
    public async Task<IReadOnlySet<string>> RemoteIdsAsync(ClaimedTarget target, DateTimeOffset sentAt, CancellationToken cancellationToken) =>
        (await dataSource.Command(RemoteIdsSql, target.UserId, target.AccountId, target.Id, sentAt - About, sentAt + About)
            .ListAsync(row => row.GetString(0), cancellationToken)).ToHashSet();

    // a statement of its own: the next one sees what those have written who held the accounts before
    private const string LockAccountsSql =
        """
        SELECT FROM social_accounts a
        JOIN (SELECT DISTINCT user_id, id FROM unnest($1::uuid[], $2::uuid[]) AS asked (user_id, id)) AS asked
          ON a.user_id = asked.user_id AND a.id = asked.id
        ORDER BY a.id
        FOR NO KEY UPDATE OF a
        """;

    // an answer that was lost may have come of an attempt that was begun: asked again by the same claim, it is begun still, and from now on,
    // since the request is made after this one
    private const string BeginSql =
        """
        WITH asked AS (
            SELECT *
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[], $7::int[], $8::int[], $9::text[])
                AS asked (user_id, account_id, post_id, id, claim, version, number, cap, sent)
        ), post AS (
            SELECT p.id, p.version
            FROM social_posts p
            WHERE (p.user_id, p.id) IN (SELECT user_id, post_id FROM asked)
            ORDER BY p.id
            FOR NO KEY UPDATE
        ), found AS (
            SELECT t.id, t.state, t.claim, t.claimed_until, t.attempts, t.due_at, post.version
            FROM asked
            JOIN post ON post.id = asked.post_id
            JOIN social_post_targets t ON t.id = asked.id AND t.user_id = asked.user_id
            ORDER BY t.id
            FOR NO KEY UPDATE OF t
        ), ranked AS (
            SELECT asked.*, found.state, found.claim = asked.claim AND found.claimed_until > $10 AS is_ours, found.attempts, found.due_at,
                   found.version AS newest, coalesce(d.sent, 0) AS sent_today,
                   row_number() OVER (PARTITION BY asked.account_id ORDER BY found.due_at, found.id) AS rank
            FROM asked
            JOIN found ON found.id = asked.id
            LEFT JOIN social_account_days d ON d.account_id = asked.account_id AND d.day = ($10::timestamptz AT TIME ZONE 'UTC')::date
        ), verdict AS (
            SELECT ranked.*, CASE
                       WHEN is_ours IS NOT TRUE THEN 'lost'
                       WHEN state = 'sending' AND attempts = number THEN 'begun-before'
                       WHEN state NOT IN ('pending', 'waiting', 'preparing', 'ready') OR attempts <> number - 1 THEN 'lost'
                       WHEN newest <> version OR due_at > $10 THEN 'changed'
                       WHEN rank > 1 OR EXISTS (
                           SELECT FROM social_post_targets other
                           WHERE other.account_id = ranked.account_id AND other.claim IS NOT NULL AND other.claimed_until > $10
                             AND other.state IN ('sending', 'unknown') AND other.id <> ranked.id) THEN 'busy'
                       WHEN sent_today >= cap THEN 'capped'
                       ELSE 'begun' END AS verdict
            FROM ranked
        ), target AS (
            UPDATE social_post_targets t
            SET state = 'sending', attempts = verdict.number, sent = verdict.sent::jsonb, sent_at = $10, next_attempt_at = $10 + $11::interval,
                claimed_until = $10 + $11::interval, updated_at = $10
            FROM verdict
            WHERE t.id = verdict.id AND t.user_id = verdict.user_id AND verdict.verdict IN ('begun', 'begun-before')
        ), attempt AS (
            INSERT INTO social_attempts (target_id, number, state, began_at)
            SELECT id, number, 'sending', $10 FROM verdict WHERE verdict IN ('begun', 'begun-before')
            ON CONFLICT (target_id, number) DO UPDATE SET state = 'sending', began_at = excluded.began_at, ended_at = NULL, error = NULL
        ), day AS (
            INSERT INTO social_account_days AS d (account_id, day, sent)
            SELECT account_id, ($10::timestamptz AT TIME ZONE 'UTC')::date, count(*) FROM verdict WHERE verdict = 'begun'
            GROUP BY account_id ORDER BY account_id
            ON CONFLICT (account_id, day) DO UPDATE SET sent = d.sent + excluded.sent
        ), publishing AS (
            UPDATE social_posts p
            SET state = 'publishing', updated_at = $10
            FROM (SELECT DISTINCT user_id, post_id FROM verdict WHERE verdict = 'begun') AS begun
            WHERE p.id = begun.post_id AND p.user_id = begun.user_id AND p.state = 'scheduled'
        )
        SELECT id, verdict FROM verdict
        """;

    /// <summary>
    /// Records that attempts begin, in a commit of its own, before their requests are made: of an account one at a time, and never more of
    /// a day than its cap.
    /// </summary>
    public async Task<IReadOnlyList<BeginResult>> BeginAsync(IReadOnlyList<AttemptBegin> attempts)
    {
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var (users, accounts) = (Column(one => one.Target.UserId), Column(one => one.Target.AccountId));
        await transaction.Command(LockAccountsSql, users, accounts).RunAsync(CancellationToken.None);
        var verdicts = await transaction.Command(
            BeginSql,
            users,
            accounts,
            Column(one => one.Target.PostId),
            Column(one => one.Target.Id),
            Column(one => one.Target.Claim),
            Column(one => one.Target.Version),
            Column(one => one.Target.Attempts + 1),
            Column(one => one.Cap),
            Column(one => StorableText.From(JsonSerializer.Serialize(one.Sent, JsonSerializerOptions.Web))),
            timeProvider.GetUtcNow(),
            _claim).ListAsync(row => (Id: row.GetGuid(0), Verdict: row.GetString(1)), CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        var found = verdicts.ToDictionary(one => one.Id, one => one.Verdict);
        return [.. attempts.Select(one => found.GetValueOrDefault(one.Target.Id) switch
        {
            "begun" or "begun-before" => BeginResult.Begun,
            "changed" => BeginResult.Changed,
            "busy" => BeginResult.Busy,
            "capped" => BeginResult.Capped,
            _ => BeginResult.Lost,
        })];

        T[] Column<T>(Func<AttemptBegin, T> value) => [.. attempts.Select(value)];
    }

    /// <summary>Records what became of targets, and the events with it.</summary>
    /// <returns>Each as it was met; null where it was not ours any more.</returns>
    public async Task<IReadOnlyList<SettledTarget?>> SettleAsync(IReadOnlyList<TargetSettlement> settlements)
    {
        await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var now = timeProvider.GetUtcNow();
        var settled = await TargetSettlements.WriteAsync(transaction, settlements, now, CancellationToken.None);
        // nobody waits for them: the scheduler publishes those of many commits together
        await scheduledJobs.InsertAsync(
            connection, transaction, TargetSettlements.JobsOf(settled, now, timeProvider), now, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        var found = settled.ToDictionary(target => target.TargetId);
        return [.. settlements.Select(one => found.GetValueOrDefault(one.TargetId))];
    }
}
