using System.Text.Json.Serialization;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

// The resources of the Gmail API v1 with the members that are read here. Gmail writes 64-bit numbers as strings.

internal sealed record GmailProfile(ulong HistoryId);

internal sealed record GmailWatch(ulong HistoryId, long Expiration);

internal sealed record GmailWatchRequest(string TopicName);

internal sealed record GmailHistoryPage(ulong HistoryId, IReadOnlyList<GmailHistoryRecord>? History = null, string? NextPageToken = null);

internal sealed record GmailHistoryRecord(ulong Id, IReadOnlyList<GmailMessageAdded>? MessagesAdded = null);

internal sealed record GmailMessageAdded(GmailMessageRef Message);

internal sealed record GmailMessageRef(string Id, IReadOnlyList<string>? LabelIds = null);

internal sealed record GmailMessagePage(IReadOnlyList<GmailMessageRef>? Messages = null, string? NextPageToken = null);

internal sealed record GmailMessage(
    string Id,
    string? ThreadId = null,
    IReadOnlyList<string>? LabelIds = null,
    string? Snippet = null,
    long? InternalDate = null,
    GmailPart? Payload = null);

internal sealed record GmailThread(string Id, IReadOnlyList<GmailMessage>? Messages = null);

internal sealed record GmailPart(
    string? MimeType = null,
    string? Filename = null,
    IReadOnlyList<GmailHeader>? Headers = null,
    GmailBody? Body = null,
    IReadOnlyList<GmailPart>? Parts = null)
{
    /// <summary>The value of the first header of that name.</summary>
    public string? Header(string name) =>
        Headers?.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
}

internal sealed record GmailHeader(string? Name = null, string? Value = null);

internal sealed record GmailBody(long Size = 0, string? Data = null, string? AttachmentId = null);

internal sealed record GmailToken(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] int? ExpiresIn = null);
