using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Notifications;

/// <summary>
/// What a notification says beside its text, as it was rendered for its channel; the column <c>notifications.content</c>, null for a plain
/// text. A channel takes what it can carry (<see cref="ChannelCapabilities"/>) and leaves the rest.
/// </summary>
public sealed record NotificationContent
{
    /// <summary>The subject of a mail, the title of a push message or of an inbox item.</summary>
    public string? Subject { get; init; }

    /// <summary>The HTML of a mail; the text is its plain part.</summary>
    public string? Html { get; init; }

    /// <summary>What programs read: the custom data of a push message, of an inbox item, of a webhook. Values of push are
    /// strings.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>A template that WhatsApp has approved, in place of the text.</summary>
    public ApprovedTemplate? Template { get; init; }

    /// <summary>Files of a mail, fetched when it is sent.</summary>
    public IReadOnlyList<AttachmentReference>? Attachments { get; init; }

    /// <summary>Where the recipient unsubscribes (RFC 8058): the page, which takes the one-click POST too.</summary>
    public string? UnsubscribeUrl { get; init; }

    /// <summary>What it is about: a name of <c>notification_categories</c>.</summary>
    public string? Category { get; init; }

    /// <summary>After this time it is not sent any more.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>As it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(this, NotificationJson.Default.NotificationContent);

    /// <summary>What was stored.</summary>
    /// <exception cref="JsonException">It is not what <see cref="Write"/> makes.</exception>
    public static NotificationContent Read(string json) =>
        JsonSerializer.Deserialize(json, NotificationJson.Default.NotificationContent) ?? throw new JsonException("The content is null.");
}

/// <summary>A template that a provider has approved.</summary>
/// <param name="Name">Its name at the provider.</param>
/// <param name="Language">Its language, in the provider's form (<c>en_US</c>).</param>
/// <param name="Parameters">What its body is filled with, in order.</param>
public sealed record ApprovedTemplate(string Name, string Language, IReadOnlyList<string> Parameters);

/// <summary>A file to be sent along.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Url">Where it is fetched: http or https, a public address.</param>
/// <param name="ContentType">Its media type; null for what the server says.</param>
public sealed record AttachmentReference(string Name, string Url, string? ContentType = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NotificationContent))]
internal sealed partial class NotificationJson : JsonSerializerContext;
