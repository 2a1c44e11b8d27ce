using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Publishing;

/// <summary>
/// The targets of posts, as those change them who do not publish: armed, cancelled, tried again, deleted, and settled by a person. All
/// within the caller's transaction, which locks posts before their targets; the jobs that are answered are for the caller to stage in it.
/// </summary>
public sealed class PublishTargetStore(UserShares shares, TimeProvider timeProvider)
{
    /// <summary>How many attempts a target has, unless a person has it tried again.</summary>
    public static int MaxAttempts { get; } = RetryPolicy.For(PublishPost.Type.Priority).MaxAttempts;

    /// <summary>So long before it is due a post with media is looked at: uploads and containers take their time.</summary>
    public static TimeSpan PrepareAhead { get; } = TimeSpan.FromMinutes(1);

    private const string ArmableSql =
        """
        WITH posts AS (
            SELECT id, scheduled_at, CASE WHEN media_ids = '{}' THEN interval '0' ELSE $3 END AS ahead FROM social_posts
            WHERE user_id = $1 AND id = ANY ($2) AND state <> 'draft' AND scheduled_at IS NOT NULL
            ORDER BY id
            FOR NO KEY UPDATE)
        SELECT t.id, t.user_id, posts.scheduled_at, greatest(posts.scheduled_at - posts.ahead, least(posts.scheduled_at, $4))
        FROM posts
        JOIN social_post_targets t ON t.user_id = $1 AND t.post_id = posts.id
        WHERE t.state IN ('draft', 'pending', 'waiting', 'preparing', 'ready')
        ORDER BY t.id
        FOR NO KEY UPDATE OF t
        """;

    // what is being prepared is let go of: its claim is gone, and nothing is sent without one
    private const string ArmSql =
        """
        UPDATE social_post_targets t
        SET state = 'pending', due_at = armed.due_at, next_attempt_at = armed.look_at, job_id = armed.job_id,
            claim = NULL, claimed_until = NULL, reason = NULL, error = NULL, held_since = NULL, updated_at = $5
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $6::timestamptz[])
            AS armed (id, user_id, job_id, due_at, look_at)
        WHERE t.id = armed.id AND t.user_id = armed.user_id
        """;

    /// <summary>
    /// Arms the targets of posts for the time of their post (<c>social_posts.scheduled_at</c>): those that are not sent yet, whether they
    /// were armed before or not. Posts that are drafts or have no time are left alone, and so are those of other users.
    /// </summary>
    /// <returns>The <c>publish-post</c> jobs, each with its time, for the caller to stage: where there is media, a minute before it is
    /// due.</returns>
    public async Task<IReadOnlyList<OutgoingJob>> ArmAsync(
        NpgsqlTransaction transaction, Guid userId, Guid[] postIds, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        var targets = await transaction.Command(ArmableSql, userId, postIds, PrepareAhead, now).ListAsync(
            row => new DueTarget(
                row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), row.GetFieldValue<DateTimeOffset>(3)),
            cancellationToken);
        var jobs = Jobs(targets, now);
        object lookAt = targets.Select(target => target.LookAt.ToUniversalTime()).ToArray();
        await WriteAsync(transaction, ArmSql, targets, jobs, now, cancellationToken, lookAt);
        await PostState.DeriveAsync(transaction, [.. postIds.Select(post => (userId, post))], now, cancellationToken);
        return jobs;
    }

    private const string RearmSql =
        """
        UPDATE social_post_targets t
        SET next_attempt_at = armed.due_at, job_id = armed.job_id, updated_at = $5
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS armed (id, user_id, job_id, due_at)
        WHERE t.id = armed.id AND t.user_id = armed.user_id
        """;

    /// <summary>Has targets that the transaction has locked looked at now; their state stays, and the jobs that they waited for do
    /// nothing.</summary>
    public async Task<IReadOnlyList<OutgoingJob>> LookNowAsync(
        NpgsqlTransaction transaction,
        IReadOnlyList<(Guid Id, Guid UserId)> targets,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(targets);
        List<DueTarget> due = [.. targets.Select(target => new DueTarget(target.Id, target.UserId, now, now))];
        var jobs = Jobs(due, now);
        await WriteAsync(transaction, RearmSql, due, jobs, now, cancellationToken);
        return jobs;
    }

    private const string PublishNowSql =
        """
        UPDATE social_posts
        SET scheduled_at = $3, queue_position = NULL, state = CASE state WHEN 'draft' THEN 'scheduled' ELSE state END,
            version = version + 1, updated_at = $3
        WHERE user_id = $1 AND id = $2 AND state IN ('draft', 'scheduled', 'publishing')
        """;

    /// <summary>Has what is not sent yet of a post sent now.</summary>
    /// <returns>The jobs; null where there is no such post, or it is finished.</returns>
    public async Task<IReadOnlyList<OutgoingJob>?> PublishNowAsync(
        NpgsqlTransaction transaction, Guid userId, Guid postId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = await transaction.Command(PublishNowSql, userId, postId, now).RunAsync(cancellationToken);
        return found == 0 ? null : await ArmAsync(transaction, userId, [postId], now, cancellationToken);
    }

    private const string LockPostsSql = "SELECT FROM social_posts WHERE user_id = $1 AND id = ANY ($2) ORDER BY id FOR NO KEY UPDATE";

    private const string CancelSql =
        """
        WITH unsent AS (
            SELECT id FROM social_post_targets
            WHERE user_id = $1 AND post_id = ANY ($2) AND state IN ('draft', 'pending', 'waiting', 'preparing', 'ready')
            ORDER BY id FOR NO KEY UPDATE)
        UPDATE social_post_targets t
        SET state = 'cancelled', reason = NULL, error = NULL, next_attempt_at = NULL, job_id = NULL, claim = NULL, claimed_until = NULL,
            updated_at = $3
        FROM unsent
        WHERE t.id = unsent.id AND t.user_id = $1
        """;

    /// <summary>Cancels what is not sent yet of posts. What is being sent, or of which it is not known, stays as it is.</summary>
    /// <returns>How many targets were cancelled.</returns>
    public async Task<int> CancelAsync(
        NpgsqlTransaction transaction, Guid userId, Guid[] postIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await LockAsync(transaction, userId, postIds, cancellationToken);
        var count = await transaction.Command(CancelSql, userId, postIds, now).RunAsync(cancellationToken);
        await PostState.DeriveAsync(transaction, [.. postIds.Select(post => (userId, post))], now, cancellationToken);
        return count;
    }

    private const string FailedSql =
        """
        SELECT id, user_id, coalesce(due_at, $4) FROM social_post_targets
        WHERE user_id = $1 AND post_id = $2 AND state = 'failed' AND ($3::uuid[] IS NULL OR id = ANY ($3))
        ORDER BY id FOR NO KEY UPDATE
        """;

    private const string RetrySql =
        """
        UPDATE social_post_targets t
        SET state = 'pending', next_attempt_at = $5, job_id = armed.job_id, reason = NULL, error = NULL,
            due_at = coalesce(t.due_at, armed.due_at), attempt_limit = t.attempts + $6, updated_at = $5
        FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) AS armed (id, user_id, job_id, due_at)
        WHERE t.id = armed.id AND t.user_id = armed.user_id
        """;

    /// <summary>Has failed targets of a post tried again, with attempts as at first.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="userId">Whose post.</param>
    /// <param name="postId">The post.</param>
    /// <param name="targetIds">Which; null for all that failed.</param>
    /// <param name="now">When they are due.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<OutgoingJob>> RetryAsync(
        NpgsqlTransaction transaction, Guid userId, Guid postId, Guid[]? targetIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await LockAsync(transaction, userId, [postId], cancellationToken);
        var failed = await transaction.Command(FailedSql, userId, postId, targetIds, now)
            .ListAsync(row => new DueTarget(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2), now), cancellationToken);
        var jobs = Jobs(failed, now);
        await WriteAsync(transaction, RetrySql, failed, jobs, now, cancellationToken, MaxAttempts);
        await PostState.DeriveAsync(transaction, [(userId, postId)], now, cancellationToken);
        return jobs;
    }

    // nothing can be asked in the name of an account that is to be connected again: its target says so
    private const string DeletingSql =
        """
        UPDATE social_post_targets t
        SET reason = CASE a.state WHEN 'needs-authorization' THEN NULL ELSE 'deleting' END,
            error = CASE a.state WHEN 'needs-authorization' THEN $6 END, updated_at = $4
        FROM social_accounts a
        WHERE t.user_id = $1 AND t.post_id = $2 AND t.state = 'published' AND t.remote_id IS NOT NULL AND t.platform = ANY ($5)
          AND ($3::uuid[] IS NULL OR t.id = ANY ($3)) AND a.user_id = t.user_id AND a.id = t.account_id
        RETURNING t.id, CASE a.state WHEN 'needs-authorization' THEN t.platform || ' ' || a.handle END
        """;

    /// <summary>Has published targets of a post deleted at their platforms, where those can.</summary>
    /// <returns>A <c>delete-post</c> job for each; none where nothing can be deleted.</returns>
    public async Task<PostDeletion> DeleteAsync(
        NpgsqlTransaction transaction, Guid userId, Guid postId, Guid[]? targetIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string[] able =
        [
            .. SocialPlatforms.All.Values.Where(platform => platform.Can(PlatformCapabilities.Delete)).Select(platform => platform.Name),
        ];
        var targets = await transaction.Command(DeletingSql, userId, postId, targetIds, now, able, PostDeletion.ConnectFirst)
            .ListAsync(row => (Id: row.GetGuid(0), Connect: row.Text(1)), cancellationToken);
        return new(
            [
                .. targets.Where(target => target.Connect is null)
                    .Select(target => new OutgoingJob(new DeletePost(Guid.CreateVersion7(now), userId, target.Id))),
            ],
            [.. targets.Select(target => target.Connect).OfType<string>().Order(StringComparer.Ordinal)]);
    }

    private const string InDoubtSql =
        """
        SELECT attempts FROM social_post_targets
        WHERE user_id = $1 AND post_id = $2 AND id = $3 AND state = 'unknown'
        FOR NO KEY UPDATE
        """;

    /// <summary>A person has looked, and says of a target of unknown outcome whether it is there.</summary>
    /// <param name="transaction">The caller's.</param>
    /// <param name="userId">Whose post.</param>
    /// <param name="postId">The post.</param>
    /// <param name="targetId">The target.</param>
    /// <param name="isPublished">What they saw. What is not there has failed, and can be tried again.</param>
    /// <param name="url">Where it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The jobs that tell of it; null where nothing of the kind is in doubt.</returns>
    public async Task<IReadOnlyList<OutgoingJob>?> SettleAsync(
        NpgsqlTransaction transaction,
        Guid userId,
        Guid postId,
        Guid targetId,
        bool isPublished,
        string? url,
        CancellationToken cancellationToken)
    {
        await LockAsync(transaction, userId, [postId], cancellationToken);
        var attempts = await transaction.Command(InDoubtSql, userId, postId, targetId)
            .ListAsync(row => row.GetInt32(0), cancellationToken);
        if (attempts.Count == 0)
            return null;
        var now = timeProvider.GetUtcNow();
        var settled = new TargetSettlement(targetId, userId, null, attempts[0], isPublished ? TargetStates.Published : TargetStates.Failed)
        {
            Attempt = isPublished ? AttemptState.Accepted : AttemptState.Failed,
            SettledBy = AttemptState.ByPerson,
            Reason = isPublished ? null : TargetReasons.NotPublished,
            Error = isPublished ? null : "A person has looked: it is not there.",
            RemoteUrl = url,
        };
        var written = await TargetSettlements.WriteAsync(transaction, [settled], now, cancellationToken);
        return TargetSettlements.JobsOf(written, now, timeProvider);
    }

    private static Task<int> LockAsync(NpgsqlTransaction transaction, Guid userId, Guid[] postIds, CancellationToken cancellationToken) =>
        transaction.Command(LockPostsSql, userId, postIds).RunAsync(cancellationToken);

    private List<OutgoingJob> Jobs(List<DueTarget> targets, DateTimeOffset now) =>
        targets.ConvertAll(target =>
        {
            var isLater = target.LookAt > now;
            var type = PublishPost.Type.Priority;
            var priority = isLater ? shares.TakeAt(target.LookAt, target.UserId, type) : shares.Take(target.UserId, type);
            var job = new PublishPost(Guid.CreateVersion7(now), target.UserId, target.Id, target.DueAt)
            {
                Priority = priority == type ? null : priority,
            };
            return new OutgoingJob(job, DueAt: isLater ? target.LookAt : null);
        });

    private static async Task WriteAsync(
        NpgsqlTransaction transaction,
        string sql,
        List<DueTarget> targets,
        List<OutgoingJob> jobs,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        params object[] more)
    {
        if (targets.Count == 0)
            return;
        await transaction.Command(
            sql,
            [
                targets.Select(target => target.Id).ToArray(),
                targets.Select(target => target.UserId).ToArray(),
                jobs.Select(job => job.Job.Id).ToArray(),
                targets.Select(target => target.DueAt.ToUniversalTime()).ToArray(),
                now,
                .. more,
            ]).RunAsync(cancellationToken);
    }

    private readonly record struct DueTarget(Guid Id, Guid UserId, DateTimeOffset DueAt, DateTimeOffset LookAt);
}

/// <summary>Registration of what arms and settles targets.</summary>
public static class PublishTargetServices
{
    /// <summary>Adds <see cref="PublishTargetStore"/>.</summary>
    public static IServiceCollection AddPublishTargets(this IServiceCollection services)
    {
        services.AddUserShares();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PublishTargetStore>();
        return services;
    }
}
