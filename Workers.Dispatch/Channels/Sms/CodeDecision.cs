using Switchboard.Core.Jobs;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>
/// What an answer means for a verification code. A pure decision. A code that comes twice does no harm and one that never comes does:
/// where it is not known whether it was sent, it is sent again.
/// </summary>
/// <param name="Job">The job's outcome.</param>
/// <param name="IsSent">Whether the provider took it.</param>
/// <param name="UserError">What to tell the user, if it is settled that it was not sent.</param>
internal sealed record CodeDecision(JobOutcome Job, bool IsSent = false, string? UserError = null)
{
    private const string GivenUp = "The code could not be sent. Ask for another one.";
    private const string TooLate = "The code could not be sent while it was valid. Ask for another one.";
    private const string Unreadable = "The code cannot be read any more. Ask for another one.";

    /// <summary>The code expired before it could be sent.</summary>
    public static CodeDecision Expired { get; } = new(JobOutcome.Done, UserError: TooLate);

    /// <summary>The key that it was encrypted by is gone.</summary>
    public static CodeDecision Undecipherable(string reason) => new(JobOutcome.Dead(reason), UserError: Unreadable);

    /// <summary>Decides.</summary>
    public static CodeDecision For(SendResult answer, bool isLastAttempt) => answer switch
    {
        SendResult.Accepted => new(JobOutcome.Done, IsSent: true),

        // the number's fault, which its user sees and mends: nothing for the operator
        SendResult.Rejected rejected => new(JobOutcome.Done, UserError: rejected.Error),
        SendResult.Unavailable failed => Again(JobOutcome.Retry(failed.Error, failed.RetryAfter), isLastAttempt),
        SendResult.Unanswered lost => Again(JobOutcome.Retry(lost.Error), isLastAttempt),
        SendResult.Throttled throttled => new(JobOutcome.Snooze(throttled.RetryAfter, throttled.Error)),
        SendResult.NotTried held => new(JobOutcome.Snooze(held.RetryAfter, held.Reason)),
        _ => throw new ArgumentOutOfRangeException(nameof(answer), answer, "No such answer."),
    };

    private static CodeDecision Again(JobOutcome job, bool isLastAttempt) => new(job, UserError: isLastAttempt ? GivenUp : null);
}
