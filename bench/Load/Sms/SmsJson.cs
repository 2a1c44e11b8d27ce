using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Sms;

/// <summary>What goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewNumber))]
[JsonSerializable(typeof(LinkedNumber))]
[JsonSerializable(typeof(CodeAnswer))]
[JsonSerializable(typeof(SentPage))]
[JsonSerializable(typeof(NewMedia))]
[JsonSerializable(typeof(MadeMedia))]
[JsonSerializable(typeof(ItemPage))]
[JsonSerializable(typeof(CacheFigures))]
[JsonSerializable(typeof(SmsReport))]
internal sealed partial class SmsJson : JsonSerializerContext;

internal sealed record NewNumber(string PhoneNumber);

internal sealed record LinkedNumber(Guid Id, bool Verified);

internal sealed record CodeAnswer(string Code);

internal sealed record SentPage(IReadOnlyList<SentText> Items, string? NextCursor);

internal sealed record SentText(string To, string Body);

internal sealed record NewMedia(string ContentType, int SizeBytes, double? Seconds, string? Says);

internal sealed record MadeMedia(string Url, long SizeBytes);

internal sealed record ItemPage(IReadOnlyList<TextItem> Items, string? NextCursor);

/// <summary>An item as the product lists it.</summary>
internal sealed record TextItem(
    Guid Id,
    string MessageSid,
    int Part,
    string Source,
    string Kind,
    string Status,
    string? Reason,
    string? From,
    string? Text,
    long? SizeBytes,
    string? Transcript,
    DateTimeOffset ReceivedAt,
    DateTimeOffset? CompletedAt);

internal sealed record CacheFigures(CacheMetrics? Metrics);

internal sealed record CacheMetrics(long CacheHits, long CacheMisses, double? HitRate);
