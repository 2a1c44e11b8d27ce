using Switchboard.Core.Notifications.Notify;

namespace Switchboard.Edge.Api.Notifications.Notify;

/// <summary>
/// The states in which requests show their deliveries, made of the delivery's own, that of its digest and that of its notification. Pure
/// decisions.
/// </summary>
internal static class NotifyState
{
    private const string Skipped = "skipped";
    private const string Cancelled = "cancelled";

    // the further, the more is told of a recipient by it
    private static readonly string[] Order =
        [Skipped, Cancelled, "failed", "waiting", "digest", "held", "created", "sending", "sent", "delivered", "read"];

    /// <summary>The errors of notifications that say why they were not to be sent (<see cref="NotifyReasons.OfUnsent"/>).</summary>
    public static IReadOnlyList<string> Unsent => NotifyReasons.OfUnsent;

    /// <summary>The state of a delivery.</summary>
    /// <param name="state">The delivery's own.</param>
    /// <param name="isReleased">Whether its digest is closed.</param>
    /// <param name="digestReason">Why nothing was told of its digest.</param>
    /// <param name="deliveryStatus">The state of its notification; null where there is none (any more).</param>
    /// <param name="isUnsent">Whether its notification failed because it was not to be sent.</param>
    public static string Of(string state, bool isReleased, string? digestReason, string? deliveryStatus, bool isUnsent) => state switch
    {
        "created" => Of(deliveryStatus, isUnsent),
        "digest" when isReleased => digestReason is null ? Of(deliveryStatus, isUnsent) : Skipped,
        _ => state,
    };

    /// <summary>What became of a request for the recipient of these deliveries.</summary>
    public static RecipientResult Of(IReadOnlyList<StoredDelivery> deliveries, bool isCancelled)
    {
        DeliveryResult[] results = [.. deliveries.Select(delivery => Of(delivery, isCancelled))];
        var furthest = results.MaxBy(result => Array.IndexOf(Order, result.State))!;
        return new(deliveries[0].Recipient, furthest.State, furthest.Reason, furthest.Until, results);
    }

    private static DeliveryResult Of(StoredDelivery delivery, bool isCancelled)
    {
        var isUnsent = delivery.DeliveryStatus == "failed" && delivery.Error is { } error && Unsent.Contains(error);
        var state = Of(delivery.State, delivery.DigestReleasedAt is not null, delivery.DigestReason, delivery.DeliveryStatus, isUnsent);
        // it is taken back by a job in a moment, and not released meanwhile
        if (isCancelled && state is "held" or "waiting" or "digest")
            state = Cancelled;
        var (reason, until) = state switch
        {
            Cancelled => (Cancelled, null),
            "digest" => ("digest", delivery.DigestDueAt),
            "held" => (delivery.Reason, delivery.Until),
            Skipped => (isUnsent ? delivery.Error : delivery.DigestReason ?? delivery.Reason, null),
            _ => ((string?)null, (DateTimeOffset?)null),
        };
        return new(
            delivery.Channel.Length == 0 ? null : delivery.Channel, state, reason, until, delivery.NotificationId, delivery.DeliveryStatus,
            isUnsent ? null : delivery.Error);
    }

    private static string Of(string? deliveryStatus, bool isUnsent) => deliveryStatus switch
    {
        null => "created",
        "pending" or "sending" => "sending",
        "failed" when isUnsent => Skipped,
        _ => deliveryStatus,
    };
}
