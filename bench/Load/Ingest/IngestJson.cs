using System.Text.Json;
using System.Text.Json.Serialization;

namespace Switchboard.Load.Ingest;

/// <summary>What goes over the wire.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewSync))]
[JsonSerializable(typeof(SyncState))]
[JsonSerializable(typeof(TruthPage))]
[JsonSerializable(typeof(TruthSum))]
[JsonSerializable(typeof(MailAnalytics))]
[JsonSerializable(typeof(IngestReport))]
internal sealed partial class IngestJson : JsonSerializerContext;

internal sealed record NewSync(Guid AccountId, int BatchSize);

/// <summary>How far a sync is.</summary>
internal sealed record SyncState(
    Guid Id,
    string State,
    long Processed,
    long Errors,
    string? Error,
    IReadOnlyList<SyncFailure>? Failures,
    DateTimeOffset? StartedAt,
    DateTimeOffset? FinishedAt)
{
    public bool IsFinished => State is "completed" or "failed" or "cancelled";
}

internal sealed record SyncFailure(string MessageId, string Error);

internal sealed record TruthPage(IReadOnlyList<MailTruth> Items, int Total);

/// <summary>What a perfect tracker would know of a sent mail.</summary>
internal sealed record MailTruth(string InternetMessageId, string Status, long? ResponseSeconds, bool AutoReplied);

/// <summary>What a perfect tracker would know of all mails of a time.</summary>
internal sealed record TruthSum(
    long Sent,
    long Responded,
    long AutoReplied,
    long Bounced,
    double ResponseRate,
    double? MedianSeconds,
    double? P90Seconds,
    IReadOnlyList<TruthDomain> ByDomain,
    IReadOnlyList<HourFigures> ByHourOfWeek);

internal sealed record TruthDomain(string Domain, long Sent, long Responded, long Bounced, double? MedianSeconds, double? P90Seconds);

/// <summary>The mails sent in an hour of the week.</summary>
internal sealed record HourFigures(int Hour, long Sent, long Responded);

/// <summary>The product's analytics.</summary>
internal sealed record MailAnalytics(
    AnalyticsSummary Summary,
    IReadOnlyList<AnalyticsBucket> Buckets,
    IReadOnlyList<HourFigures> ByHourOfWeek,
    IReadOnlyList<AnalyticsDomain> ByRecipientDomain);

internal sealed record AnalyticsSummary(
    long Sent,
    long Responded,
    long AutoReplied,
    long Bounced,
    long Active,
    double ResponseRate,
    double? MedianResponseSeconds,
    double? P90ResponseSeconds);

internal sealed record AnalyticsBucket(DateTimeOffset Start, long Sent, long Responded);

internal sealed record AnalyticsDomain(
    string Domain, long Sent, long Responded, long Bounced, double? MedianResponseSeconds, double? P90ResponseSeconds);
