using Switchboard.Load.Measuring;

namespace Switchboard.Load.GraphWebhooks;

/// <summary>The JSON line.</summary>
/// <param name="Accepted">Notifications that were taken.</param>
/// <param name="AcceptedPerSecond">Over the time of the load.</param>
/// <param name="AcceptMs">From when a notification was to be sent to the answer.</param>
/// <param name="Mails">Mails that accepted notifications told of.</param>
/// <param name="Tracked">How many of them are tracked.</param>
/// <param name="Lost">How many are not.</param>
/// <param name="Duplicated">Tracked mails beyond the first for the same mail.</param>
/// <param name="TrackedSeconds">From the first notification to when the last mail was recorded; null when none was.</param>
/// <param name="GraphRequests">How many requests the mailboxes were asked, each of a batch counted.</param>
/// <param name="Throttled">How many of them were refused as too many.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="Seconds">How long the load was on.</param>
internal sealed record GraphWebhooksReport(
    long Accepted,
    double AcceptedPerSecond,
    Percentiles AcceptMs,
    long Mails,
    long Tracked,
    long Lost,
    long Duplicated,
    double? TrackedSeconds,
    long GraphRequests,
    long Throttled,
    long Rejected,
    long Errors,
    double Seconds)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFine => Accepted > 0 && Lost == 0 && Duplicated == 0;
}
