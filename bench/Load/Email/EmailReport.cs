using Switchboard.Load.Measuring;

namespace Switchboard.Load.Email;

/// <summary>The JSON line.</summary>
/// <param name="Accepted">Mails that were answered with 2xx.</param>
/// <param name="AcceptedPerSecond">Over the time of the load.</param>
/// <param name="DeliveredPerSecond">Notifications, from the first mail to the last delivery.</param>
/// <param name="AcceptMs">From when a mail was to be sent to the answer.</param>
/// <param name="EndToEndMs">From when a mail was to be sent to the time at which the product says its notification was delivered.</param>
/// <param name="Lost">Notifications that accepted mails should have led to, and did not.</param>
/// <param name="Duplicated">Notifications or messages beyond the first for a mail and rule.</param>
/// <param name="Unexpected">Notifications of rules that should not have matched.</param>
/// <param name="Notifications">How many the accepted mails should lead to.</param>
/// <param name="Rejected">Answers 429 and 503.</param>
/// <param name="Errors">Other failures.</param>
/// <param name="Seconds">How long the load was on.</param>
internal sealed record EmailReport(
    long Accepted,
    double AcceptedPerSecond,
    double DeliveredPerSecond,
    Percentiles AcceptMs,
    Percentiles EndToEndMs,
    long Lost,
    long Duplicated,
    long Unexpected,
    long Notifications,
    long Rejected,
    long Errors,
    double Seconds)
{
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsFine => Lost == 0 && Duplicated == 0 && Unexpected == 0;
}
