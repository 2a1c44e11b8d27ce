using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>Send a notification over its channel.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="NotificationId">The notification, a row in <c>notifications</c>.</param>
/// <param name="Priority">The notification's own priority.</param>
public sealed record SendNotification(Guid Id, Guid NotificationId, JobPriority Priority) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("send-notification", 1, JobWorker.Dispatch, JobPriority.High);

    /// <summary>Stops a notification from being sent twice: its row is claimed before each send.</summary>
    public string IdempotencyKey => $"notification:{NotificationId}";

    /// <inheritdoc/>
    JobPriority? IJob.PriorityOverride => Priority;
}
