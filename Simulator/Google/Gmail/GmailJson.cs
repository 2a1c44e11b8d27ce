using System.Text.Json;
using System.Text.Json.Serialization;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

// The resources of the Gmail API v1, with the members that are filled here. Gmail writes 64-bit numbers as strings.

internal sealed record ProfileResource(string EmailAddress, int MessagesTotal, int ThreadsTotal, string HistoryId);

internal sealed record WatchRequest(string? TopicName, IReadOnlyList<string>? LabelIds = null, string? LabelFilterBehavior = null);

internal sealed record WatchResource(string HistoryId, string Expiration);

internal sealed record HistoryList(IReadOnlyList<HistoryResource>? History, string? NextPageToken, string HistoryId);

internal sealed record HistoryResource(string Id, IReadOnlyList<MessageRef> Messages, IReadOnlyList<MessageAdded> MessagesAdded);

internal sealed record MessageAdded(MessageRef Message);

internal sealed record MessageList(IReadOnlyList<MessageRef>? Messages, string? NextPageToken, int ResultSizeEstimate);

internal sealed record MessageRef(string Id, string ThreadId, IReadOnlyList<string>? LabelIds = null);

internal sealed record MessageResource(
    string Id,
    string ThreadId,
    IReadOnlyList<string> LabelIds,
    string Snippet,
    string HistoryId,
    string InternalDate,
    long SizeEstimate,
    PartResource? Payload,
    string? Raw = null);

internal sealed record PartResource(
    string? PartId,
    string MimeType,
    string? Filename,
    IReadOnlyList<HeaderResource> Headers,
    BodyResource? Body,
    IReadOnlyList<PartResource>? Parts = null);

internal sealed record HeaderResource(string Name, string Value);

internal sealed record BodyResource(long Size, string? Data = null, string? AttachmentId = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProfileResource))]
[JsonSerializable(typeof(WatchRequest))]
[JsonSerializable(typeof(WatchResource))]
[JsonSerializable(typeof(HistoryList))]
[JsonSerializable(typeof(MessageList))]
[JsonSerializable(typeof(MessageResource))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(Jwks))]
[JsonSerializable(typeof(JwtHeader))]
[JsonSerializable(typeof(JwtClaims))]
[JsonSerializable(typeof(PushData))]
[JsonSerializable(typeof(PushBody))]
[JsonSerializable(typeof(NewMail))]
[JsonSerializable(typeof(NewMail[]))]
[JsonSerializable(typeof(AddedMail))]
[JsonSerializable(typeof(AddedMail[]))]
[JsonSerializable(typeof(RepeatedPush))]
[JsonSerializable(typeof(MailboxView[]))]
[JsonSerializable(typeof(MailboxName))]
[JsonSerializable(typeof(MailboxConsent))]
[JsonSerializable(typeof(TokenSettings))]
internal sealed partial class GmailJson : JsonSerializerContext
{
    /// <summary>For mails, which have characters of every kind.</summary>
    public static GmailJson Readable { get; } = new(ReadableJson.Options());
}
