namespace Switchboard.Core.Notifications;

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
