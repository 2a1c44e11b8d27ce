using Switchboard.Core.Notifications;
using Switchboard.Core.Notifications.Notify;
using KnownChannels = Switchboard.Core.Notifications.Channels;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>
/// What is to be done about the channels that take each other's place, of one request and recipient. A pure decision: one that arrived is
/// enough, and the next one goes only where all before it are over, or the last of them has had its time.
/// </summary>
/// <param name="Next">What is to go now; nothing for as it is.</param>
/// <param name="NotNeeded">What waits and never goes.</param>
/// <param name="TakeBack">Notifications of which no send has begun and which are not to go any more.</param>
internal sealed record FallbackDecision(
    IReadOnlyList<StoredDelivery> Next, IReadOnlyList<StoredDelivery> NotNeeded, IReadOnlyList<StoredDelivery> TakeBack)
{
    /// <summary>As it is.</summary>
    public static FallbackDecision Nothing { get; } = new([], [], []);

    /// <summary>Whether anything is to be done.</summary>
    public bool IsNothing => Next.Count + NotNeeded.Count + TakeBack.Count == 0;

    /// <summary>Decides.</summary>
    /// <param name="chain">All deliveries of the order.</param>
    /// <param name="timedOut">The step up to which the time is over; null where something else calls for a look.</param>
    public static FallbackDecision Of(IReadOnlyList<StoredDelivery> chain, short? timedOut)
    {
        if (chain.Any(HasArrived))
            return new([], [.. chain.Where(IsWaiting)], [.. chain.Where(one => !HasArrived(one) && one.Status == DeliveryStatus.Pending)]);

        var current = chain.Where(HasGone).Select(one => one.Plan.Step).Max() ?? -1;
        var now = chain.Where(one => one.Plan.Step == current).ToList();
        // what is held has not had its time, and what its user has taken back is nothing that another channel makes up for
        if (now.Exists(one => one.State == DeliveryStore.Held || one.Status == DeliveryStatus.Cancelled)
            || (!(timedOut >= current)
                && now.Exists(one => one.Status is DeliveryStatus.Pending or DeliveryStatus.Sending or DeliveryStatus.Sent)))
            return Nothing;

        var next = chain.Where(one => one.Plan.Step > current && MayGo(one)).GroupBy(one => one.Plan.Step).MinBy(step => step.Key);
        return next is null ? Nothing : new([.. next], [], now.FindAll(one => one.Status == DeliveryStatus.Pending));
    }

    // a channel that tells of no delivery has done what it can when its provider took the message
    private static bool HasArrived(StoredDelivery delivery) =>
        delivery.Status is DeliveryStatus.Delivered or DeliveryStatus.Read
        || (delivery.Status == DeliveryStatus.Sent
            && KnownChannels.Find(delivery.Plan.Channel)?.Capabilities.HasFlag(ChannelCapabilities.DeliveryReceipts) != true);

    private static bool IsWaiting(StoredDelivery delivery) => delivery.State == DeliveryStore.Waiting;

    // one of which it was said that it is not needed may be needed yet: a mail that was taken comes back
    private static bool MayGo(StoredDelivery delivery) =>
        IsWaiting(delivery) || (delivery.Plan.Reason == NotifyReasons.FallbackNotNeeded && delivery.Status is null);

    private static bool HasGone(StoredDelivery delivery) => delivery.State is DeliveryStore.Created or DeliveryStore.Held;
}
