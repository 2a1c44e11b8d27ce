using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Switchboard.Core.Events;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Webhooks;

/// <summary>The types of messages beside those of events, and the patterns by which endpoints take them.</summary>
public static partial class WebhookEvents
{
    /// <summary>A notification over the channel <c>webhook</c>.</summary>
    public const string Message = "notification.message";

    /// <summary>What <c>POST /api/webhook-endpoints/{id}/test</c> sends.</summary>
    public const string Test = "webhook.test";

    /// <summary>An endpoint was turned off: an event, whose dimension is the reason (<c>gone</c> or <c>failing</c>).</summary>
    public const string EndpointDisabled = "webhook_endpoint.disabled";

    /// <summary>Whether it is a pattern: <c>*</c>, <c>notification.*</c>, or a whole type.</summary>
    public static bool IsPattern(string pattern) => Pattern().IsMatch(pattern);

    /// <summary>Whether one of the patterns means the type.</summary>
    public static bool Take(IEnumerable<string> patterns, string type)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        ArgumentNullException.ThrowIfNull(type);
        return patterns.Any(pattern => pattern == "*" || pattern == type
            || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(pattern[..^1], StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\A(\*|[a-z][a-z0-9_-]{0,49}(\.[a-z][a-z0-9_-]{0,49}){0,3}(\.\*|\.[a-z][a-z0-9_-]{0,49}))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>
/// The bodies of webhooks: <c>{type, timestamp, version, data}</c>, below 20 kB (Standard Webhooks). Fields are added to a version; what
/// would break who reads it is another one.
/// </summary>
public static class WebhookPayload
{
    /// <summary>The version of all types there are.</summary>
    public const int Version = 1;

    /// <summary>The longest body, in bytes of UTF-8.</summary>
    public const int MaxBytes = 20_000;

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body of an event.</summary>
    public static string Of(EventRecord happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var family = happened.Type[..Math.Max(0, happened.Type.IndexOf('.', StringComparison.Ordinal))];
        var (id, dimension, value) = family switch
        {
            "notification" => ("notificationId", "channel", "milliseconds"),
            "email" => ("trackedEmailId", null, "milliseconds"),
            "enrichment" => ("enrichmentId", "kind", null),
            "post" => ("postId", "platform", "milliseconds"),
            "webhook_endpoint" => ("endpointId", "reason", null),
            _ => ("id", (string?)"dimension", (string?)"value"),
        };
        return Write(happened.Type, happened.OccurredAt, data =>
        {
            if (happened.SubjectId is { } subject)
                data.WriteString(id, subject);
            if (dimension is not null)
                data.WriteString(dimension, happened.Dimension);
            if (value is not null && happened.Value != 0)
                data.WriteNumber(value, happened.Value);
        });
    }

    /// <summary>The body of a notification: with as much of it as there is room for. What the data does not fit in, <c>isCut</c>
    /// says.</summary>
    /// <param name="notificationId">The notification.</param>
    /// <param name="at">When it was made.</param>
    /// <param name="text">What it says.</param>
    /// <param name="content">What it says beside; null for a plain text.</param>
    /// <param name="recipientId">Whose it is; null for nobody in particular.</param>
    public static string OfMessage(Guid notificationId, DateTimeOffset at, string text, NotificationContent? content, Guid? recipientId)
    {
        ArgumentNullException.ThrowIfNull(text);
        var payload = Body(text, content?.Data, isCut: false);
        for (var length = text.Length; Encoding.UTF8.GetByteCount(payload) > MaxBytes; length /= 2)
            payload = Body(StorableText.Cut(text, Math.Max(1, length)), null, isCut: true);
        return payload;

        string Body(string body, JsonElement? data, bool isCut) => Write(WebhookEvents.Message, at, json =>
        {
            json.WriteString("notificationId", notificationId);
            if (recipientId is { } recipient)
                json.WriteString("recipientId", recipient);
            if (content?.Category is { } category)
                json.WriteString("category", category);
            if (content?.Subject is { } subject)
                json.WriteString("subject", StorableText.Cut(subject, 1_000));
            json.WriteString("body", body);
            if (data is { } element)
            {
                json.WritePropertyName("data");
                element.WriteTo(json);
            }

            if (isCut)
                json.WriteBoolean("isCut", true);
        });
    }

    /// <summary>A body of any type.</summary>
    public static string Write(string type, DateTimeOffset timestamp, Action<Utf8JsonWriter> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("type", type);
            json.WriteString("timestamp", timestamp.UtcDateTime);
            json.WriteNumber("version", Version);
            json.WriteStartObject("data");
            data(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
