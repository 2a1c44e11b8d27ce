using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>Send a notification over its channel.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="NotificationId">The notification, a row in <c>notifications</c>.</param>
/// <param name="Priority">The notification's own priority, or what its user's share made of it.</param>
public sealed record SendNotification(Guid Id, Guid NotificationId, JobPriority Priority) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("send-notification", 1, JobWorker.Dispatch, JobPriority.High);

    /// <summary>Stops a notification from being sent twice: its row is claimed before each send.</summary>
    public string IdempotencyKey => $"notification:{NotificationId}";

    /// <inheritdoc/>
    JobPriority? IJob.PriorityOverride => Priority;
}

/// <summary>Move notifications forward by what a provider's status callback said of them.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Updates">The statuses of one callback, inline: the webhook is their only source.</param>
public sealed record ApplyDeliveryStatuses(Guid Id, IReadOnlyList<DeliveryStatusUpdate> Updates) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("apply-delivery-statuses", 1, JobWorker.Dispatch, JobPriority.Normal);

    /// <summary>Only for the log: a state never moves backwards, so the same callback twice changes nothing.</summary>
    public string IdempotencyKey => $"statuses:{Id}";
}

/// <summary>What a provider says of one message.</summary>
/// <param name="ProviderMessageId">The provider's id of the message (WhatsApp: <c>wamid…</c>).</param>
/// <param name="NotificationId">Our id, where the provider echoes it (WhatsApp: <c>biz_opaque_callback_data</c>); it is known
/// even when the status arrives before the answer to the send was recorded.</param>
/// <param name="Status">Sent, delivered, read or failed.</param>
/// <param name="At">When the provider saw it.</param>
/// <param name="Error">Why it failed, if it did.</param>
public sealed record DeliveryStatusUpdate(
    string ProviderMessageId,
    Guid? NotificationId,
    DeliveryStatus Status,
    DateTimeOffset At,
    string? Error = null);
