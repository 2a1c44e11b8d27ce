using Switchboard.Load.Measuring;

namespace Switchboard.Load.Sms;

/// <summary>The JSON line.</summary>
/// <param name="Accepted">Texts that were taken.</param>
/// <param name="AcceptedPerSecond">Over the time of the load.</param>
/// <param name="EnrichedPerSecond">Texts all of whose items are completed, from the first text to the last completion.</param>
/// <param name="AcceptMs">From when a text was to be sent to the answer.</param>
/// <param name="EndToEndMs">From when the product received a text to when the last of its items was completed.</param>
/// <param name="Lost">Items that accepted texts should have led to, and that are not completed.</param>
/// <param name="Duplicated">Items beyond the first for the same part of a text.</param>
/// <param name="Wrong">Items that say something else than what was sent, or of parts that were not sent.</param>
/// <param name="Items">How many the accepted texts should lead to.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="CacheHitRate">Of the product's caches, over the load; null when they could not be asked, or were not used.</param>
/// <param name="IngestPeakWorkingSetMb">The most memory of Workers.Ingest during the load; null when it was not found.</param>
/// <param name="IngestGrowthMb">By how much that is more than before the load.</param>
/// <param name="Seconds">How long the load was on.</param>
internal sealed record SmsReport(
    long Accepted,
    double AcceptedPerSecond,
    double EnrichedPerSecond,
    Percentiles AcceptMs,
    Percentiles EndToEndMs,
    long Lost,
    long Duplicated,
    long Wrong,
    long Items,
    long Rejected,
    long Errors,
    double? CacheHitRate,
    double? IngestPeakWorkingSetMb,
    double? IngestGrowthMb,
    double Seconds)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Wrong == 0;
}
