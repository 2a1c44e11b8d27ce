using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>What a result means: for the notification, for the attempt, for the job. A pure decision.</summary>
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

    private static readonly TimeSpan HoldUnlessSaid = TimeSpan.FromMinutes(1);

    /// <summary>Decides.</summary>
    /// <param name="result">What the channel said.</param>
    /// <param name="isLastAttempt">Whether the job is not tried again.</param>
    /// <param name="inDoubt">How long a status is waited for.</param>
    public static SendDecision For(SendResult result, bool isLastAttempt, TimeSpan inDoubt) => result switch
    {
        SendResult.Accepted accepted =>
            new(
                accepted.IsDelivered ? DeliveryStatus.Delivered : DeliveryStatus.Sent, Sent, JobOutcome.Done, null, accepted.ProviderStatus,
                accepted.ProviderMessageId),
        SendResult.Deferred held =>
            new(DeliveryStatus.Pending, null, JobOutcome.Snooze(held.RetryAfter, held.Reason), held.Reason),
        SendResult.Refused refused => new(DeliveryStatus.Failed, null, JobOutcome.Done, refused.Reason),
        SendResult.Failed { Failure: var failure } => For(failure, isLastAttempt, inDoubt),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "No such result."),
    };

    private static SendDecision For(ProviderFailure failure, bool isLastAttempt, TimeSpan inDoubt)
    {
        var hold = JobOutcome.Snooze(failure.RetryAfter ?? HoldUnlessSaid, failure.Error);
        var (status, attempt, job) = failure.Kind switch
        {
            // it never reached the provider (its circuit is open), or no message of this account can: there was no attempt of this one
            FailureKind.Throttled when failure.HttpStatus is null => (DeliveryStatus.Pending, (string?)null, hold),
            FailureKind.Unauthorized => (DeliveryStatus.Pending, null, hold),

            FailureKind.Throttled => (DeliveryStatus.Pending, Transient, hold),
            FailureKind.Permanent => (DeliveryStatus.Failed, Permanent, JobOutcome.Dead(failure.Error)),
            FailureKind.Transient or FailureKind.UnknownOutcome when isLastAttempt => (
                DeliveryStatus.Failed, failure.Kind == FailureKind.Transient ? Transient : Unknown, JobOutcome.Dead(failure.Error)),
            FailureKind.Transient => (DeliveryStatus.Pending, Transient, JobOutcome.Retry(failure.Error, failure.RetryAfter)),
            FailureKind.UnknownOutcome => (DeliveryStatus.Sending, Unknown, JobOutcome.Retry(failure.Error, inDoubt)),
            _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "No such failure."),
        };
        return new(status, attempt, job, failure.Error, attempt is null ? null : failure.HttpStatus);
    }

    /// <summary>The job's outcome, when the answer met the notification in this state. A status callback may have been faster than
    /// the answer: what it said is newer, and there is nothing left to do.</summary>
    public JobOutcome OutcomeAfter(DeliveryStatus met) => met == DeliveryStatus.Sending || met == Status ? Job : JobOutcome.Done;
}
