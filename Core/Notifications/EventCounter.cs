using System.Runtime.InteropServices;

namespace Switchboard.Core.Notifications;

/// <summary>
/// Adds up what a batch brought about into facts, one for each kind, user, channel and minute. Count only what a committed
/// statement really changed (its RETURNING), and stage the job in the same transaction: then each change is counted once.
/// Not for use by several threads at once.
/// </summary>
public sealed class EventCounter
{
    private readonly Dictionary<(string Kind, Guid UserId, string Channel, DateTimeOffset Minute), (long Count, long DeliveryMs)> _facts = [];

    /// <summary>Counts a notification that was made.</summary>
    /// <param name="userId">Whose.</param>
    /// <param name="channel">Its channel.</param>
    /// <param name="at">When.</param>
    public void Created(Guid userId, string channel, DateTimeOffset at) => Add(EventKinds.Created, userId, channel, at, 0);

    /// <summary>
    /// Counts a notification that moved from one state to another, and the states that it must have passed in between: what was
    /// delivered was sent, what was read was delivered, though their callbacks came late or never.
    /// </summary>
    /// <param name="from">The state it left.</param>
    /// <param name="to">The state it reached; a send that has only begun, or one that is to be tried again, counts nothing.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="channel">Its channel.</param>
    /// <param name="at">When it moved.</param>
    /// <param name="createdAt">When it was made: what lies between that and the delivery is the time of delivery.</param>
    public void Moved(
        DeliveryStatus from, DeliveryStatus to, Guid userId, string channel, DateTimeOffset at, DateTimeOffset createdAt)
    {
        if (to is DeliveryStatus.Failed or DeliveryStatus.Cancelled)
            Add(to == DeliveryStatus.Failed ? EventKinds.Failed : EventKinds.Cancelled, userId, channel, at, 0);
        if (Passes(DeliveryStatus.Sent))
            Add(EventKinds.Sent, userId, channel, at, 0);
        if (Passes(DeliveryStatus.Delivered))
            Add(EventKinds.Delivered, userId, channel, at, Math.Max(0, (long)(at - createdAt).TotalMilliseconds));
        if (Passes(DeliveryStatus.Read))
            Add(EventKinds.Read, userId, channel, at, 0);

        bool Passes(DeliveryStatus state) =>
            to is DeliveryStatus.Sent or DeliveryStatus.Delivered or DeliveryStatus.Read
            && DeliveryStatuses.Rank(from) < DeliveryStatuses.Rank(state)
            && DeliveryStatuses.Rank(state) <= DeliveryStatuses.Rank(to);
    }

    /// <summary>The facts so far.</summary>
    public IReadOnlyList<NotificationEvent> Facts =>
        [.. _facts.Select(fact => new NotificationEvent(
            fact.Key.Kind, fact.Key.UserId, fact.Key.Channel, fact.Key.Minute, fact.Value.Count, fact.Value.DeliveryMs))];

    /// <summary>The job that records the facts so far; null when there are none.</summary>
    public RecordEvents? ToJob() => _facts.Count == 0 ? null : new RecordEvents(Guid.CreateVersion7(), Facts);

    private void Add(string kind, Guid userId, string channel, DateTimeOffset at, long deliveryMs)
    {
        var minute = new DateTimeOffset(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        ref var fact = ref CollectionsMarshal.GetValueRefOrAddDefault(_facts, (kind, userId, channel, minute), out _);
        fact = (fact.Count + 1, fact.DeliveryMs + deliveryMs);
    }
}
