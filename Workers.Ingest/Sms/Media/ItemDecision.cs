using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Sms.Media;

/// <summary>What a result makes of its item and its job. A pure decision.</summary>
/// <param name="Status">The item's status.</param>
/// <param name="Reason">Why it is not completed.</param>
/// <param name="Outcome">What becomes of the job.</param>
internal sealed record ItemDecision(string Status, string? Reason, JobOutcome Outcome)
{
    public const string Pending = "pending";
    public const string Completed = "completed";
    public const string Failed = "failed";

    // where nobody says when
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    /// <summary>Whether the item is done with, whichever way: then its text waits for it no longer.</summary>
    public bool IsSettled => Status != Pending;

    /// <summary>Decides.</summary>
    /// <param name="result">What the try came to.</param>
    /// <param name="isLastAttempt">Whether the job has no further one. One that is not its item's fault is not counted.</param>
    public static ItemDecision For(EnrichmentResult result, bool isLastAttempt) => result switch
    {
        EnrichmentResult.Completed => new(Completed, null, JobOutcome.Done),
        // the item tells it: there is nothing for an operator to do
        EnrichmentResult.Failed { Failure: MediaFailure.ForGood } failed => new(Failed, failed.Reason, JobOutcome.Done),
        EnrichmentResult.Failed { Failure: MediaFailure.NotTried } failed =>
            new(Pending, failed.Reason, JobOutcome.Snooze(failed.After ?? Soon, failed.Error)),
        EnrichmentResult.Failed failed when isLastAttempt => new(Failed, failed.Reason, JobOutcome.Dead(failed.Error)),
        EnrichmentResult.Failed failed => new(Pending, failed.Reason, JobOutcome.Retry(failed.Error, failed.After)),
        _ => throw new ArgumentOutOfRangeException(nameof(result), result, "No such result."),
    };
}
