using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Notify;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Workers.Dispatch.Notifications.Planning;

/// <summary>What becomes of a message over one channel.</summary>
internal enum PlannedAction
{
    /// <summary>It goes at once.</summary>
    Send,

    /// <summary>It waits until the quiet hours end.</summary>
    Hold,

    /// <summary>It is gathered with others.</summary>
    Digest,

    /// <summary>It goes only if those before it in the order do not arrive.</summary>
    Wait,

    /// <summary>It is not sent.</summary>
    Skip,
}

/// <summary>What is decided about one channel and address.</summary>
/// <param name="Channel">The channel; empty where none could be chosen.</param>
/// <param name="Address">Where it goes; empty where there is no address.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Reason">Why it is not sent, or not yet (<see cref="NotifyReasons"/>).</param>
/// <param name="Until">Until when it is held.</param>
/// <param name="Step">Its place in an order of channels that take each other's place.</param>
internal sealed record PlannedDelivery(
    string Channel, string Address, PlannedAction Action, string? Reason = null, DateTimeOffset? Until = null, short? Step = null);

/// <summary>What a request is about, and how.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Category">What it is about.</param>
/// <param name="Priority">How soon it is sent. What is critical goes past digests, throttles and quiet hours, but not to who does not want
/// it: that only a critical category does.</param>
internal sealed record PlanSubject(Guid UserId, NotifyRequest Request, CategorySettings Category, JobPriority Priority)
{
    public bool IsUrgent => Category.IsCritical || Priority == JobPriority.Critical;
}

/// <summary>
/// What becomes of a request for one recipient, over each channel. A pure decision, in this order: whether it is expired, whether it is
/// wanted, whether it is gathered, whether there were too many, whether the recipient is left alone now.
/// </summary>
internal static class DeliveryPlan
{
    private static readonly IReadOnlySet<string> None = new HashSet<string>();

    /// <summary>Decides for a recipient.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="addressee">To whom.</param>
    /// <param name="preferences">What the recipient wants.</param>
    /// <param name="now">The time.</param>
    /// <param name="throttled">Channels over which the recipient got as many of the category as they may get.</param>
    public static IReadOnlyList<PlannedDelivery> Of(
        PlanSubject subject, Addressee addressee, RecipientPreferences preferences, DateTimeOffset now,
        IReadOnlySet<string>? throttled = null)
    {
        if (subject.Request.ExpiresAt <= now)
            return [Nowhere(NotifyReasons.Expired)];
        if (addressee.IsUnknown)
            return [Nowhere(NotifyReasons.UnknownRecipient)];

        var (together, inTurn) = ChannelsOf(subject, addressee);
        List<PlannedDelivery> planned =
        [
            .. together.SelectMany(channel => OverChannel(channel, step: null)),
            .. InTurn([.. inTurn.Select((channel, step) => OverChannel(channel, (short)step))]),
        ];
        return planned.Count == 0 ? [Nowhere(NotifyReasons.NoAddress)] : planned;

        IReadOnlyList<PlannedDelivery> OverChannel(string channel, short? step)
        {
            string[] addresses = [.. addressee.AddressesOf(subject.UserId, channel)];
            return addresses.Length == 0
                ? [new(channel, "", PlannedAction.Skip, NotifyReasons.NoAddress, Step: step)]
                : [.. addresses.Select(address => One(subject, new(channel, address, PlannedAction.Send, Step: step),
                    addressee, preferences, now, throttled ?? None, gathers: true))];
        }
    }

    /// <summary>
    /// Decides again about one message whose time has come: it may be expired, unwanted or without its address by now, or quiet hours may
    /// have begun again. It is not gathered a second time.
    /// </summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="waiting">What was decided at first.</param>
    /// <param name="addressee">To whom; null where they are gone.</param>
    /// <param name="preferences">What the recipient wants.</param>
    /// <param name="now">The time.</param>
    /// <param name="throttled">Of what has waited for its turn in an order, the channels that are full; null for what was counted.</param>
    public static PlannedDelivery Again(
        PlanSubject subject, PlannedDelivery waiting, Addressee? addressee, RecipientPreferences preferences, DateTimeOffset now,
        IReadOnlySet<string>? throttled = null)
    {
        if (subject.Request.ExpiresAt <= now)
            return Skip(waiting, NotifyReasons.Expired);
        if (addressee is null || addressee.IsUnknown)
            return Skip(waiting, NotifyReasons.UnknownRecipient);
        if (!addressee.Has(subject.UserId, waiting.Channel, waiting.Address))
            return Skip(waiting, NotifyReasons.NoAddress);
        return One(subject, waiting with { Reason = null, Until = null }, addressee, preferences, now, throttled ?? None, gathers: false);
    }

    private static PlannedDelivery One(
        PlanSubject subject,
        PlannedDelivery delivery,
        Addressee addressee,
        RecipientPreferences preferences,
        DateTimeOffset now,
        IReadOnlySet<string> throttled,
        bool gathers)
    {
        var (request, category) = (subject.Request, subject.Category);
        if (!preferences.Wants(category.Name, delivery.Channel, category))
            return Skip(delivery, NotifyReasons.Preference);
        if (subject.IsUrgent)
            return delivery with { Action = PlannedAction.Send };
        if (gathers && category.Digest is not null && !request.SkipsDigest)
            return delivery with { Action = PlannedAction.Digest, Reason = NotifyReasons.Digest };
        if (throttled.Contains(delivery.Channel))
            return Skip(delivery, NotifyReasons.Throttled);
        return preferences.QuietUntil(now, addressee.Recipient?.TimeZone) switch
        {
            null => delivery with { Action = PlannedAction.Send },
            { } until when until >= request.ExpiresAt => Skip(delivery, NotifyReasons.Expired),
            { } until => delivery with { Action = PlannedAction.Hold, Reason = NotifyReasons.QuietHours, Until = until },
        };
    }

    // the first that is not skipped goes, those after it wait; what is gathered goes over one channel alone
    private static IEnumerable<PlannedDelivery> InTurn(IReadOnlyList<IReadOnlyList<PlannedDelivery>> steps)
    {
        var first = steps.ToList().FindIndex(step => step.Any(delivery => delivery.Action != PlannedAction.Skip));
        var isGathered = first >= 0 && steps[first].Any(delivery => delivery.Action == PlannedAction.Digest);
        foreach (var (index, step) in steps.Index())
        {
            if (isGathered && index > first)
                yield break;
            foreach (var delivery in step)
                yield return isGathered ? delivery with { Step = null }
                    : first >= 0 && index > first && IsPutOff(delivery) ? delivery with { Action = PlannedAction.Wait, Reason = null, Until = null }
                    : delivery;
        }
    }

    // too many, or quiet hours: that may be over when its turn comes
    private static bool IsPutOff(PlannedDelivery delivery) =>
        delivery.Action != PlannedAction.Skip || delivery.Reason is NotifyReasons.Throttled or NotifyReasons.Expired;

    // An order of channels is the request's own, or else the category's as far as it goes over these channels.
    private static (IEnumerable<string> Together, IReadOnlyList<string> InTurn) ChannelsOf(PlanSubject subject, Addressee addressee)
    {
        var (request, category) = (subject.Request, subject.Category);
        // who gives a mere address has chosen its channel, unless the same call says otherwise
        if (addressee.OnlyChannel is { } only)
            return ((request.Channels ?? [only]).Concat(request.Fallback?.Channels ?? []).Where(channel => channel == only).Distinct(), []);

        var order = request.Fallback?.Channels ?? category.Fallback?.Channels ?? [];
        var channels = request.Channels
            ?? (request.Fallback is not null ? order : category.Channels ?? (order.Count > 0 ? order : addressee.ReachedBy()));
        var inTurn = request.Fallback is not null ? order : [.. order.Where(channels.Contains)];
        return inTurn.Count > 1
            ? (channels.Except(inTurn), inTurn)
            : (channels.Concat(inTurn).Distinct(), []);
    }

    private static PlannedDelivery Nowhere(string reason) => new("", "", PlannedAction.Skip, reason);

    private static PlannedDelivery Skip(PlannedDelivery delivery, string reason) =>
        delivery with { Action = PlannedAction.Skip, Reason = reason, Until = null };
}
