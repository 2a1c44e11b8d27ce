using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Notifications;

/// <summary>What the statuses of a batch make of one notification. A pure decision.</summary>
/// <param name="Notification">The notification as it is.</param>
/// <param name="Status">Its state afterwards.</param>
/// <param name="At">When it reached that state.</param>
/// <param name="SentAt">When it was sent, if one of the statuses says or implies it.</param>
/// <param name="DeliveredAt">When it was delivered, likewise.</param>
/// <param name="ReadAt">When it was read.</param>
/// <param name="FailedAt">When it failed.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
internal sealed record StatusTransition(
    TrackedNotification Notification,
    DeliveryStatus Status,
    DateTimeOffset At,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? ReadAt,
    DateTimeOffset? FailedAt,
    string? Error,
    string ProviderMessageId)
{
    /// <summary>
    /// The step forward that statuses, in whatever order they came, ask for; null when all of them are behind what the notification
    /// has reached. A provider's clock may count only seconds: no time is before the notification was made.
    /// </summary>
    public static StatusTransition? Of(TrackedNotification notification, IReadOnlyCollection<DeliveryStatusUpdate> updates)
    {
        var last = updates.OrderByDescending(update => DeliveryStatuses.Rank(update.Status)).ThenBy(update => update.At).First();
        if (!DeliveryStatuses.CanMove(notification.Status, last.Status))
            return null;

        return new(
            notification,
            last.Status,
            NotBefore(last.At),
            First(DeliveryStatus.Sent) ?? (last.Status == DeliveryStatus.Failed ? null : NotBefore(last.At)),
            First(DeliveryStatus.Delivered) ?? (last.Status == DeliveryStatus.Read ? NotBefore(last.At) : null),
            First(DeliveryStatus.Read),
            last.Status == DeliveryStatus.Failed ? NotBefore(last.At) : null,
            last.Status == DeliveryStatus.Failed ? last.Error ?? "The provider did not say why." : null,
            last.ProviderMessageId);

        DateTimeOffset? First(DeliveryStatus status) =>
            updates.Where(update => update.Status == status).Select(update => (DateTimeOffset?)NotBefore(update.At)).Min();

        DateTimeOffset NotBefore(DateTimeOffset at) => at < notification.CreatedAt ? notification.CreatedAt : at;
    }
}
