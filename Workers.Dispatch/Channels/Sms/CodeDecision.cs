using System.Globalization;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;

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

    private static readonly TimeSpan HoldUnlessSaid = TimeSpan.FromMinutes(1);

    /// <summary>The code expired before it could be sent.</summary>
    public static CodeDecision Expired { get; } = new(JobOutcome.Done, UserError: TooLate);

    /// <summary>The key that it was encrypted by is gone.</summary>
    public static CodeDecision Undecipherable(string reason) => new(JobOutcome.Dead(reason), UserError: Unreadable);

    /// <summary>Decides.</summary>
    public static CodeDecision For(SendResult result, bool isLastAttempt) => result switch
    {
        SendResult.Accepted => new(JobOutcome.Done, IsSent: true),
        SendResult.Deferred held => new(JobOutcome.Snooze(held.RetryAfter, held.Reason)),
        SendResult.Failed { Failure: var failure } => failure.Kind switch
        {
            // the number's fault, which its user sees and mends: nothing for the operator
            FailureKind.Permanent => new(JobOutcome.Done, UserError: failure.Error),
            FailureKind.Throttled or FailureKind.Unauthorized => new(JobOutcome.Snooze(failure.RetryAfter ?? HoldUnlessSaid, failure.Error)),
            _ => new(JobOutcome.Retry(failure.Error, failure.RetryAfter), UserError: isLastAttempt ? GivenUp : null),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "No such result."),
    };
}

/// <summary>The SMS that carries a verification code.</summary>
internal static class VerificationMessage
{
    /// <summary>What it says. The code is its only run of six digits, so that a phone offers to fill it in.</summary>
    /// <param name="code">The code.</param>
    /// <param name="left">How long it is valid from now on; told in whole minutes, the begun one with them.</param>
    public static string Of(string code, TimeSpan left)
    {
        var minutes = Math.Max(1, (int)Math.Ceiling(left.TotalMinutes));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Your Switchboard code is {code}. It is valid for {minutes} {(minutes == 1 ? "minute" : "minutes")}. Give it to nobody who asks you for it.");
    }
}
