using System.Text.Json.Serialization;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

/// <summary>
/// A callback of the WhatsApp Business Platform, as far as statuses go: <c>entry[].changes[].value.statuses[]</c>
/// (Meta's webhook reference, "statuses object").
/// </summary>
internal sealed record WhatsAppCallback(IReadOnlyList<WhatsAppCallback.EntryPart?>? Entry)
{
    /// <summary>What it says of our messages; statuses that mean nothing to us (such as <c>deleted</c>) are left out.</summary>
    /// <param name="receivedAt">When the callback came.</param>
    public IReadOnlyList<DeliveryStatusUpdate> Updates(DateTimeOffset receivedAt) =>
    [
        .. from entry in Entry ?? []
           from change in entry?.Changes ?? []
           from status in change?.Value?.Statuses ?? []
           let update = status?.ToUpdate(receivedAt)
           where update is not null
           select update,
    ];

    internal sealed record EntryPart(IReadOnlyList<ChangePart?>? Changes);

    internal sealed record ChangePart(ValuePart? Value);

    internal sealed record ValuePart(IReadOnlyList<StatusPart?>? Statuses);

    /// <param name="Id">The message: <c>wamid…</c>.</param>
    /// <param name="Status">sent, delivered, read or failed.</param>
    /// <param name="Timestamp">Seconds since 1970, as a string.</param>
    /// <param name="Callback">What was sent along with the message: the notification's id.</param>
    /// <param name="Errors">Why it failed.</param>
    internal sealed record StatusPart(
        string? Id,
        string? Status,
        [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long Timestamp,
        [property: JsonPropertyName("biz_opaque_callback_data")] string? Callback,
        IReadOnlyList<ErrorPart?>? Errors)
    {
        private const long LastSecond = 253_402_300_799;

        public DeliveryStatusUpdate? ToUpdate(DateTimeOffset receivedAt)
        {
            DeliveryStatus? status = Status switch
            {
                "sent" => DeliveryStatus.Sent,
                "delivered" => DeliveryStatus.Delivered,
                "read" => DeliveryStatus.Read,
                "failed" => DeliveryStatus.Failed,
                _ => null,
            };
            return status is null || string.IsNullOrEmpty(Id) || Timestamp is < 0 or > LastSecond
                ? null
                : new(
                    Id, Guid.TryParse(Callback, out var notification) ? notification : null, status.Value,
                    At(receivedAt), status == DeliveryStatus.Failed ? Reason() : null);
        }

        // the provider tells whole seconds: it happened within that second, and not after we heard of it
        private DateTimeOffset At(DateTimeOffset receivedAt)
        {
            var latest = DateTimeOffset.FromUnixTimeSeconds(Timestamp).AddMilliseconds(999);
            return latest < receivedAt ? latest : receivedAt;
        }

        private string Reason() => Errors is [{ } error, ..]
            ? $"{error.Code} {error.Title ?? error.Message}{(error.Details?.Details is { } details ? $": {details}" : "")}"
            : "WhatsApp says that it failed, and not why.";
    }

    internal sealed record ErrorPart(
        int Code, string? Title, string? Message, [property: JsonPropertyName("error_data")] ErrorDetails? Details);

    internal sealed record ErrorDetails(string? Details);
}
