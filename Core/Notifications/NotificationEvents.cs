using System.Runtime.InteropServices;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>So many notifications of a user reached a state in a minute.</summary>
/// <param name="Kind">One of <see cref="EventKinds"/>.</param>
/// <param name="UserId">Whose notifications.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="Minute">The minute in which it happened, UTC.</param>
/// <param name="Count">How many.</param>
/// <param name="DeliveryMs">For delivered ones: from created to delivered, added up, in milliseconds.</param>
public sealed record NotificationEvent(
    string Kind,
    Guid UserId,
    string Channel,
    DateTimeOffset Minute,
    long Count,
    long DeliveryMs = 0);

/// <summary>What can be said of a notification (<see cref="NotificationEvent.Kind"/>).</summary>
public static class EventKinds
{
    /// <summary>It was made.</summary>
    public const string Created = "notification.created";

    /// <summary>Its provider took it.</summary>
    public const string Sent = "notification.sent";

    /// <summary>It arrived.</summary>
    public const string Delivered = "notification.delivered";

    /// <summary>It was opened.</summary>
    public const string Read = "notification.read";

    /// <summary>It was given up.</summary>
    public const string Failed = "notification.failed";

    /// <summary>It was taken back.</summary>
    public const string Cancelled = "notification.cancelled";
}

/// <summary>Add events of notifications to the roll-ups; one message carries what a whole batch brought about.</summary>
/// <param name="Id">The job's id; the transaction that brought the events about chose it, and keeps the job in
/// <c>scheduled_jobs</c> until the broker has it.</param>
/// <param name="Facts">The events, already added up by kind, user, channel and minute; the name is that of the JSON field.</param>
public sealed record RecordEvents(Guid Id, IReadOnlyList<NotificationEvent> Facts) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("record-facts", 1, JobWorker.Analytics, JobPriority.Low);

    /// <summary>Stops events from being counted twice: the id is kept in <c>counted_facts</c>.</summary>
    public string IdempotencyKey => $"facts:{Id}";
}

/// <summary>
/// Adds up what a batch brought about into events, one for each kind, user, channel and minute. Count only what a committed
/// statement really changed (its RETURNING), and stage the job in the same transaction: then each change is counted once.
/// Not for use by several threads at once.
/// </summary>
public sealed class EventCounter
{
    private readonly Dictionary<(string Kind, Guid UserId, string Channel, DateTimeOffset Minute), (long Count, long DeliveryMs)>
        _events = [];

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

    /// <summary>The events so far.</summary>
    public IReadOnlyList<NotificationEvent> Events =>
        [.. _events.Select(one => new NotificationEvent(
            one.Key.Kind, one.Key.UserId, one.Key.Channel, one.Key.Minute, one.Value.Count, one.Value.DeliveryMs))];

    /// <summary>The job that records the events so far; null when there are none.</summary>
    public RecordEvents? ToJob(TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(timeProvider);
        return _events.Count == 0 ? null : new RecordEvents(Guid.CreateVersion7(timeProvider.GetUtcNow()), Events);
    }

    private void Add(string kind, Guid userId, string channel, DateTimeOffset at, long deliveryMs)
    {
        var minute = new DateTimeOffset(at.UtcTicks - at.UtcTicks % TimeSpan.TicksPerMinute, TimeSpan.Zero);
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_events, (kind, userId, channel, minute), out _);
        sum = (sum.Count + 1, sum.DeliveryMs + deliveryMs);
    }
}
