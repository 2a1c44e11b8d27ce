using Switchboard.Core.Events;

namespace Switchboard.Core.Notifications;

/// <summary>The events of notifications (<see cref="EventRecord.Type"/>); their dimension is the channel.</summary>
public static class NotificationEvents
{
    /// <summary>It was made.</summary>
    public const string Created = "notification.created";

    /// <summary>Its provider took it.</summary>
    public const string Sent = "notification.sent";

    /// <summary>It arrived; the value is the time from its making, in milliseconds.</summary>
    public const string Delivered = "notification.delivered";

    /// <summary>It was opened.</summary>
    public const string Read = "notification.read";

    /// <summary>It was given up.</summary>
    public const string Failed = "notification.failed";

    /// <summary>It was taken back.</summary>
    public const string Cancelled = "notification.cancelled";

    /// <summary>
    /// A notification moved from one state to another: an event for that, and for each state that it must have passed in between: what was
    /// delivered was sent, what was read was delivered, though their callbacks came late or never.
    /// </summary>
    /// <param name="from">The state it left.</param>
    /// <param name="to">The state it reached; a send that has only begun, or one that is to be tried again, is no event.</param>
    /// <param name="notification">The notification.</param>
    /// <param name="at">When it moved.</param>
    public static IEnumerable<EventRecord> Moved(
        DeliveryStatus from, DeliveryStatus to, NotificationIdentity notification, DateTimeOffset at)
    {
        if (to == DeliveryStatus.Failed)
            yield return Event(Failed);
        if (to == DeliveryStatus.Cancelled)
            yield return Event(Cancelled);
        if (Passes(DeliveryStatus.Sent))
            yield return Event(Sent);
        if (Passes(DeliveryStatus.Delivered))
            yield return Event(Delivered, Math.Max(0, (long)(at - notification.DueAt).TotalMilliseconds));
        if (Passes(DeliveryStatus.Read))
            yield return Event(Read);

        EventRecord Event(string type, long value = 0) =>
            EventRecord.Of(type, notification.UserId, notification.Id, notification.Channel, at, value);

        bool Passes(DeliveryStatus state) =>
            to is DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read
            && DeliveryStatuses.Rank(from) < DeliveryStatuses.Rank(state)
            && DeliveryStatuses.Rank(state) <= DeliveryStatuses.Rank(to);
    }
}

/// <summary>What of a notification its events say.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="DueAt">When it was to go.</param>
public readonly record struct NotificationIdentity(Guid Id, Guid UserId, string Channel, DateTimeOffset DueAt);
