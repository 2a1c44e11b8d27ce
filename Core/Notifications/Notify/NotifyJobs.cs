using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications.Notify;

/// <summary>Plan a page of a request's recipients; the last thing that it does is to stage the job of the next page.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose request it is.</param>
/// <param name="RequestId">The request, a row in <c>notify_requests</c>.</param>
/// <param name="Position">The entry of <c>to</c> at which the page begins.</param>
/// <param name="Member">Of a topic, the member after which it begins; null for the first.</param>
/// <param name="Priority">The request's own.</param>
public sealed record ExpandNotify(Guid Id, Guid UserId, Guid RequestId, int Position, Guid? Member, JobPriority Priority) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("expand-notify", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Stops a page from being planned twice: the request's row is moved on from exactly this place.</summary>
    public string IdempotencyKey => $"expand-notify:{RequestId}/{Position}/{Member}";

    /// <inheritdoc/>
    JobPriority? IJob.PriorityOverride => Priority;
}

/// <summary>Take back what of a cancelled request was not sent.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose request it is.</param>
/// <param name="RequestId">The request, a row in <c>notify_requests</c>.</param>
public sealed record CancelNotify(Guid Id, Guid UserId, Guid RequestId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("cancel-notify", 1, JobWorker.Dispatch, JobPriority.High);

    /// <summary>Stops nothing: what was taken back is not pending the second time.</summary>
    public string IdempotencyKey => $"cancel-notify:{RequestId}";
}
