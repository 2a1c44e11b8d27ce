using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Social.Publishing;

namespace Switchboard.Core.Social.Posts;

/// <summary>Posts as they are made: <c>social_posts</c>, and the rows of their accounts in <c>social_post_targets</c>.</summary>
public static class PostStore
{
    /// <summary>
    /// Stores posts with a target for each account, all or none, within the caller's transaction, who then arms what is scheduled
    /// (<c>PublishTargetStore.ArmAsync</c>). An occurrence of a schedule that has its post already makes none.
    /// </summary>
    /// <returns>What is wrong with them; nothing if they are stored.</returns>
    public static async Task<IReadOnlyList<PostError>> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, IReadOnlyList<NewPost> posts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var resolved = await PostResolution.ResolveAsync(transaction, userId, posts, cancellationToken);
        if (resolved.Errors.Count == 0)
            await InsertAsync(transaction, userId, resolved, now, cancellationToken);
        return resolved.Errors;
    }

    private const string InsertSql =
        """
        INSERT INTO social_posts
            (id, user_id, content, targets, state, scheduled_at, schedule_id, occurrence_at, queue_position, tags, metadata, media_ids,
             created_at, updated_at)
        SELECT id, $1, content::jsonb, targets::jsonb, state, scheduled_at, schedule_id, occurrence_at, queue_position,
               ARRAY(SELECT jsonb_array_elements_text(tags::jsonb)), metadata::jsonb,
               ARRAY(SELECT jsonb_array_elements_text(media::jsonb)::uuid), $2, $2
        FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::uuid[], $9::timestamptz[], $10::bigint[],
                    $11::text[], $12::text[], $13::text[])
            AS new (id, content, targets, state, scheduled_at, schedule_id, occurrence_at, queue_position, tags, metadata, media)
        ON CONFLICT (schedule_id, occurrence_at) DO NOTHING
        RETURNING id
        """;

    /// <summary>Stores what was resolved without errors in the same transaction.</summary>
    /// <returns>The posts that are new.</returns>
    public static async Task<IReadOnlyList<Guid>> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, ResolvedPosts resolved, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resolved);
        var posts = resolved.Posts;
        var inserted = await transaction.Command(
            InsertSql, userId, now,
            posts.Select(post => post.Id).ToArray(),
            posts.Select(post => post.Content.Write()).ToArray(),
            posts.Select(post => post.Targets.Write()).ToArray(),
            posts.Select(post => post.State).ToArray(),
            posts.Select(post => post.ScheduledAt?.ToUniversalTime()).ToArray(),
            posts.Select(post => post.ScheduleId).ToArray(),
            posts.Select(post => post.OccurrenceAt?.ToUniversalTime()).ToArray(),
            posts.Select(post => post.QueuePosition).ToArray(),
            posts.Select(post => Json(post.Tags)).ToArray(),
            posts.Select(post => post.Metadata).ToArray(),
            posts.Select(post => Json(post.Content.AllMedia())).ToArray())
            .ListAsync(row => row.GetGuid(0), cancellationToken);

        var isNew = inserted.ToHashSet();
        NewTarget[] targets =
        [
            .. from post in posts.Zip(resolved.Targets)
               where isNew.Contains(post.First.Id)
               from target in TargetsOf(post.First.Id, post.First.Content, post.First.State, post.Second, now)
               select target,
        ];
        await InsertTargetsAsync(transaction, userId, targets, now, cancellationToken);
        return inserted;
    }

    private const string InsertTargetsSql =
        """
        INSERT INTO social_post_targets (id, user_id, post_id, account_id, platform, state, text_hash, created_at, updated_at)
        SELECT id, $1, post_id, account_id, platform, state, text_hash, $2, $2
        FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::bigint[])
            AS new (id, post_id, account_id, platform, state, text_hash)
        """;

    private static Task<int> InsertTargetsAsync(
        NpgsqlTransaction transaction, Guid userId, NewTarget[] targets, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.Command(
            InsertTargetsSql, userId, now,
            targets.Select(target => target.Id).ToArray(),
            targets.Select(target => target.PostId).ToArray(),
            targets.Select(target => target.AccountId).ToArray(),
            targets.Select(target => target.Platform).ToArray(),
            targets.Select(target => target.State).ToArray(),
            targets.Select(target => target.TextHash).ToArray()).RunAsync(cancellationToken);

    // an occurrence is one of its schedule: in that of another one it would be in the way
    private const string ChangeSql =
        """
        UPDATE social_posts SET
            content = $3::jsonb, targets = $4::jsonb, state = $5, scheduled_at = $6, schedule_id = $7, queue_position = $8,
            occurrence_at = CASE WHEN schedule_id IS NOT DISTINCT FROM $7::uuid THEN occurrence_at END,
            tags = $9, metadata = $10::jsonb, media_ids = $11, version = version + 1, updated_at = $12, finished_at = NULL
        WHERE user_id = $1 AND id = $2
        """;

    // what is not under way any more goes, what stays begins again: whoever had it claimed finds that it is not theirs
    private const string ResetTargetsSql =
        """
        WITH wanted AS (SELECT * FROM unnest($4::uuid[], $5::bigint[]) AS new (account_id, text_hash)),
        gone AS (
            DELETE FROM social_post_targets
            WHERE user_id = $1 AND post_id = $2 AND account_id NOT IN (SELECT account_id FROM wanted))
        UPDATE social_post_targets AS t SET
            state = $3, text_hash = w.text_hash, reason = NULL, error = NULL, due_at = NULL, next_attempt_at = NULL, prepared = NULL,
            claim = NULL, claimed_until = NULL, job_id = NULL,
            attempt_limit = CASE WHEN t.attempts > 0 THEN t.attempts + $7 END, updated_at = $6
        FROM wanted AS w
        WHERE t.user_id = $1 AND t.post_id = $2 AND t.account_id = w.account_id
        RETURNING t.account_id
        """;

    /// <summary>
    /// Stores a post as it was changed, in the transaction that holds it and knows that none of its targets was sent. What was prepared for
    /// them is made again.
    /// </summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="userId">Whose post.</param>
    /// <param name="post">The post as it is to be.</param>
    /// <param name="accounts">Where it goes.</param>
    /// <param name="attempts">How many attempts targets that had some before have from now on.</param>
    /// <param name="now">When it was changed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task ChangeAsync(
        NpgsqlTransaction transaction, Guid userId, NewPost post, IReadOnlyList<TargetAccount> accounts, int attempts, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(post);
        await transaction.Command(
            ChangeSql, userId, post.Id, post.Content.Write(), post.Targets.Write(), post.State, post.ScheduledAt, post.ScheduleId,
            post.QueuePosition, post.Tags.ToArray(), post.Metadata, post.Content.AllMedia().ToArray(), now).RunAsync(cancellationToken);
        var targets = TargetsOf(post.Id, post.Content, post.State, accounts, now);
        var kept = (await transaction.Command(
            ResetTargetsSql, userId, post.Id, StateOfTargets(post.State),
            targets.Select(target => target.AccountId).ToArray(), targets.Select(target => target.TextHash).ToArray(), now, attempts)
            .ListAsync(row => row.GetGuid(0), cancellationToken)).ToHashSet();
        await InsertTargetsAsync(
            transaction, userId, [.. targets.Where(target => !kept.Contains(target.AccountId))], now, cancellationToken);
    }

    private const string LockSql = "SELECT FROM social_posts WHERE user_id = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE";

    private const string NowhereSql =
        """
        UPDATE social_posts AS p SET state = 'cancelled', queue_position = NULL, finished_at = $3, updated_at = $3
        WHERE p.user_id = $1 AND p.id = ANY ($2) AND p.state IN ('scheduled', 'publishing')
          AND NOT EXISTS (SELECT FROM social_post_targets AS t WHERE t.user_id = $1 AND t.post_id = p.id)
        """;

    /// <summary>
    /// What becomes of posts that lost a target with its account: what their other targets say, or, where there is none left, cancelled.
    /// </summary>
    public static async Task LoseTargetsAsync(
        NpgsqlTransaction transaction, Guid userId, Guid[] posts, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(posts);
        // statements of their own: they see the targets of posts for which the first one waited
        await transaction.Command(LockSql, userId, posts).RunAsync(cancellationToken);
        await PostState.DeriveAsync(transaction, [.. posts.Select(post => (userId, post))], now, cancellationToken);
        await transaction.Command(NowhereSql, userId, posts, now).RunAsync(cancellationToken);
    }

    private static List<NewTarget> TargetsOf(
        Guid postId, PostContent content, string state, IReadOnlyList<TargetAccount> accounts, DateTimeOffset now)
    {
        // few texts go to many accounts
        var hashes = new Dictionary<string, long?>(StringComparer.Ordinal);
        return
        [
            .. accounts.Select(account => new NewTarget(
                Guid.CreateVersion7(now), postId, account.Id, account.Platform, StateOfTargets(state),
                HashOf(content.For(account.Platform, account.Id).Text ?? ""))),
        ];

        long? HashOf(string text) => hashes.TryGetValue(text, out var known) ? known : hashes[text] = TextFingerprint.Of(text);
    }

    private static string StateOfTargets(string state) => state == PostStates.Draft ? "draft" : "pending";

    private static string Json<T>(IEnumerable<T> values) => System.Text.Json.JsonSerializer.Serialize(values);

    private sealed record NewTarget(Guid Id, Guid PostId, Guid AccountId, string Platform, string State, long? TextHash);
}
