using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Core.Notifications.Notify;

/// <summary>What <c>POST /api/notify</c> asked for; the column <c>notify_requests.request</c>.</summary>
public sealed record NotifyRequest
{
    /// <summary>To whom, in the order in which they are planned.</summary>
    public required IReadOnlyList<NotifyTarget> To { get; init; }

    /// <summary>The key of the template that says it; null where <see cref="Content"/> does.</summary>
    public string? Template { get; init; }

    /// <summary>What it says, as it is.</summary>
    public NotifyContent? Content { get; init; }

    /// <summary>What the template is filled with, and what programs read.</summary>
    public JsonElement? Data { get; init; }

    /// <summary>Over which channels; null for what the category says, or whatever reaches the recipient.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>Which channels take each other's place; null for what the category says.</summary>
    public NotifyFallback? Fallback { get; init; }

    /// <summary>What it is gathered by where its category has a digest: one digest a key.</summary>
    public string DigestKey { get; init; } = "";

    /// <summary>Whether it is told at once although its category has a digest.</summary>
    public bool SkipsDigest { get; init; }

    /// <summary>Not before this time.</summary>
    public DateTimeOffset? SendAt { get; init; }

    /// <summary>Not after this time.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>As it is stored.</summary>
    public string Write() => JsonSerializer.Serialize(this, NotifyJson.Default.NotifyRequest);

    /// <summary>What was stored.</summary>
    /// <exception cref="JsonException">It is not what <see cref="Write"/> makes.</exception>
    public static NotifyRequest Read(string json) =>
        JsonSerializer.Deserialize(json, NotifyJson.Default.NotifyRequest) ?? throw new JsonException("The request is null.");
}

/// <summary>An entry of <c>to</c>: a recipient, a mere address, or a topic; the others are null.</summary>
public sealed record NotifyTarget
{
    /// <summary>The user's own id of a recipient.</summary>
    public string? Id { get; init; }

    /// <summary>The channel of a mere address.</summary>
    public string? Channel { get; init; }

    /// <summary>A mere address.</summary>
    public string? Address { get; init; }

    /// <summary>A row in <c>topics</c>: all who follow it when they are planned.</summary>
    public Guid? TopicId { get; init; }
}

/// <summary>What a notification says where no template does.</summary>
/// <param name="Subject">For channels that have one.</param>
/// <param name="Body">The text.</param>
public sealed record NotifyContent(string? Subject, string Body);

/// <summary>Channels in the order in which they take each other's place.</summary>
/// <param name="Channels">The next one goes where the one before failed for good.</param>
/// <param name="AfterMinutes">Or where it was not delivered within this time; null to wait however long it takes.</param>
public sealed record NotifyFallback(IReadOnlyList<string> Channels, int? AfterMinutes);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NotifyRequest))]
internal sealed partial class NotifyJson : JsonSerializerContext;
