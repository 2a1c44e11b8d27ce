using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>What an answer means: for the notification, for the attempt, for the job. A pure decision.</summary>
/// <param name="Status">The notification's state.</param>
/// <param name="Attempt">The attempt's outcome; null if there was none, and the claim is taken back.</param>
/// <param name="Job">The job's outcome, unless a status has moved the notification on meanwhile.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="ProviderStatus">The provider's HTTP status.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
internal sealed record SendDecision(
    DeliveryStatus Status,
    string? Attempt,
    JobOutcome Job,
    string? Error = null,
    int? ProviderStatus = null,
    string? ProviderMessageId = null)
{
    private const string Sent = "sent";
    private const string Transient = "transient";
    private const string Permanent = "permanent";
    private const string Unknown = "unknown";

    /// <summary>Decides.</summary>
    /// <param name="answer">The channel's answer.</param>
    /// <param name="isLastAttempt">Whether the job is not tried again.</param>
    /// <param name="inDoubt">How long a status is waited for.</param>
    public static SendDecision For(SendResult answer, bool isLastAttempt, TimeSpan inDoubt) => answer switch
    {
        SendResult.Accepted accepted =>
            new(DeliveryStatus.Sent, Sent, JobOutcome.Done, null, accepted.ProviderStatus, accepted.ProviderMessageId),
        SendResult.Rejected rejected =>
            new(DeliveryStatus.Failed, Permanent, JobOutcome.Dead(rejected.Error), rejected.Error, rejected.ProviderStatus),
        SendResult.Unavailable failed when isLastAttempt =>
            new(DeliveryStatus.Failed, Transient, JobOutcome.Dead(failed.Error), failed.Error, failed.ProviderStatus),
        SendResult.Unavailable failed =>
            new(DeliveryStatus.Pending, Transient, JobOutcome.Retry(failed.Error, failed.RetryAfter), failed.Error, failed.ProviderStatus),
        SendResult.Throttled throttled => new(
            DeliveryStatus.Pending, Transient, JobOutcome.Snooze(throttled.RetryAfter, throttled.Error), throttled.Error, throttled.ProviderStatus),
        SendResult.Unanswered lost when isLastAttempt =>
            new(DeliveryStatus.Failed, Unknown, JobOutcome.Dead(lost.Error), lost.Error, lost.ProviderStatus),
        SendResult.Unanswered lost =>
            new(DeliveryStatus.Sending, Unknown, JobOutcome.Retry(lost.Error, inDoubt), lost.Error, lost.ProviderStatus),
        SendResult.NotTried held =>
            new(DeliveryStatus.Pending, null, JobOutcome.Snooze(held.RetryAfter, held.Reason), held.Reason),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "No such answer."),
    };

    /// <summary>The job's outcome, when the answer met the notification in this state. A status callback may have been faster than
    /// the answer: what it said is newer, and there is nothing left to do.</summary>
    public JobOutcome OutcomeAfter(DeliveryStatus met) => met == DeliveryStatus.Sending || met == Status ? Job : JobOutcome.Done;
}
