using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Webhooks.WhatsApp;

/// <summary>
/// A callback of the WhatsApp Business Platform, as far as statuses go: <c>entry[].changes[].value.statuses[]</c>
/// (Meta's webhook reference, "statuses object"). Read status by status: an odd field costs at most its status.
/// </summary>
/// <param name="Updates">What it says of our messages; statuses that mean nothing to us (such as <c>deleted</c>) are left out.</param>
/// <param name="Unreadable">How many of its parts are not what the reference describes.</param>
internal sealed record WhatsAppCallback(IReadOnlyList<DeliveryStatusUpdate> Updates, int Unreadable)
{
    private const long LastSecond = 253_402_300_799;
    // an index of ours holds the id, and no person reads more of a reason
    private const int MaxId = 512;
    private const int MaxReason = 1_000;
    private const string NoReason = "WhatsApp says that it failed, and not why.";

    /// <summary>Reads one.</summary>
    /// <param name="body">The body, verified.</param>
    /// <param name="receivedAt">When it came.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static WhatsAppCallback Read(ReadOnlySequence<byte> body, DateTimeOffset receivedAt)
    {
        using var json = JsonDocument.Parse(WebhookBody.Readable(body));
        var statuses = json.RootElement.Items("entry")
            .SelectMany(entry => entry.Items("changes"))
            .SelectMany(change => change.Child("value").Items("statuses"));

        var updates = new List<DeliveryStatusUpdate>();
        var unreadable = 0;
        foreach (var status in statuses)
        {
            if (status.Text("id") is not { Length: > 0 and <= MaxId } id || status.Text("status") is not { } word)
                unreadable++;
            else if (StatusOf(word) is { } known)
                updates.Add(Update(status, id, known, receivedAt));
        }

        return new(updates, unreadable);
    }

    private static DeliveryStatus? StatusOf(string word) => word switch
    {
        "sent" => DeliveryStatus.Sent,
        "delivered" => DeliveryStatus.Delivered,
        "read" => DeliveryStatus.Read,
        "failed" => DeliveryStatus.Failed,
        _ => null,
    };

    private static DeliveryStatusUpdate Update(JsonElement status, string id, DeliveryStatus known, DateTimeOffset receivedAt) => new(
        id,
        // what was sent along with the message: the notification's id
        Guid.TryParse(status.Text("biz_opaque_callback_data"), out var notification) ? notification : null,
        known,
        HappenedAt(status.Child("timestamp"), receivedAt),
        known == DeliveryStatus.Failed ? ReasonOf(status.Items("errors").FirstOrDefault()) : null);

    // The provider says whole seconds since 1970, as a string: it happened within that second, and not after the callback came.
    private static DateTimeOffset HappenedAt(JsonElement timestamp, DateTimeOffset receivedAt)
    {
        var text = timestamp.ValueKind switch
        {
            JsonValueKind.String => timestamp.GetString(),
            JsonValueKind.Number => timestamp.GetRawText(),
            _ => null,
        };
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > LastSecond)
            return receivedAt;
        var latest = DateTimeOffset.FromUnixTimeSeconds(seconds).AddMilliseconds(999);
        return latest < receivedAt ? latest : receivedAt;
    }

    private static string ReasonOf(JsonElement error)
    {
        var code = error.Child("code") is { ValueKind: JsonValueKind.Number } number ? number.GetRawText() : error.Text("code");
        string?[] head = [code, error.Text("title") ?? error.Text("message")];
        var details = error.Text("error_data") ?? error.Child("error_data").Text("details");
        var reason = string.Join(' ', head.Where(part => !string.IsNullOrEmpty(part)));
        var text = (reason, details) switch
        {
            ("", null or "") => NoReason,
            ("", _) => details,
            (_, null or "") => reason,
            _ => $"{reason}: {details}",
        };
        return StorableText.Cut(text, MaxReason);
    }
}
