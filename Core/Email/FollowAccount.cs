using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Follow an account that was connected or is active again: have its provider tell of changes, read what changed, go on with a sync
/// that was paused.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="AccountId">The account, a row in <c>mailboxes</c> whose provider is microsoft.</param>
public sealed record FollowAccount(Guid Id, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("follow-account", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Stops nothing by itself: a subscription that is there is kept, what was read is read once.</summary>
    public string IdempotencyKey => $"follow:{AccountId}";
}
