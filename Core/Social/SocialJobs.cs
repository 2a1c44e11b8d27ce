using Switchboard.Core.Jobs;

namespace Switchboard.Core.Social;

/// <summary>
/// Publish a post to one of its accounts. It is staged when the target is scheduled and waits until it is due; what it publishes is what
/// the rows say when it fires. A target whose time was changed has another job, and this one does nothing.
/// </summary>
/// <param name="Id">The job's id: the target names it while the job is the one that it waits for.</param>
/// <param name="UserId">Whose post.</param>
/// <param name="TargetId">The target, a row of <c>social_post_targets</c>.</param>
/// <param name="DueAt">When it was due as the job was staged.</param>
public sealed record PublishPost(Guid Id, Guid UserId, Guid TargetId, DateTimeOffset DueAt) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("publish-post", 1, JobWorker.Dispatch, JobPriority.Critical);

    /// <summary>What its user's share made of its priority (<see cref="UserShares"/>); null for that of the type.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>Stops a target from being under way twice: its row is claimed, and each attempt has its own number.</summary>
    public string IdempotencyKey => $"publish:{TargetId}";

    /// <inheritdoc/>
    JobPriority? IJob.PriorityOverride => Priority;
}

/// <summary>Delete a published post at its platform.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose post.</param>
/// <param name="TargetId">The target that was published.</param>
public sealed record DeletePost(Guid Id, Guid UserId, Guid TargetId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("delete-post", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Only for the log: what is deleted is deleted, however often.</summary>
    public string IdempotencyKey => $"delete-post:{TargetId}";
}

/// <summary>Look at an account: ask its platform whether it is well, and compute its health.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose account.</param>
/// <param name="AccountId">The account.</param>
public sealed record CheckAccountHealth(Guid Id, Guid UserId, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("check-account-health", 1, JobWorker.Dispatch, JobPriority.High);

    /// <summary>Only for the log: looking twice changes nothing.</summary>
    public string IdempotencyKey => $"account-health:{AccountId}";
}

/// <summary>Compute the health of accounts of a user again: something happened to them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose.</param>
/// <param name="AccountIds">The accounts.</param>
public sealed record ScoreAccounts(Guid Id, Guid UserId, IReadOnlyList<Guid> AccountIds) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("monitor-health", 1, JobWorker.Analytics, JobPriority.Low);

    /// <summary>Only for the log: a score is computed of what the rows say.</summary>
    public string IdempotencyKey => $"score:{Id}";
}

/// <summary>Make the post of a schedule's next occurrence, and arm the one after it.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose schedule.</param>
/// <param name="ScheduleId">The schedule.</param>
/// <param name="Version">Its version: a job of a former one does nothing.</param>
public sealed record ProcessSchedule(Guid Id, Guid UserId, Guid ScheduleId, int Version) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("process-schedule", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>An occurrence makes one post: <c>social_posts (schedule_id, occurrence_at)</c> is unique.</summary>
    public string IdempotencyKey => $"schedule:{ScheduleId}";
}
