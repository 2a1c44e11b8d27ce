using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Remind of mails that nobody answered, and end the wait for others. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record CheckTracked(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("check-tracked-emails", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a check too many finds nothing due.</summary>
    public string IdempotencyKey => $"check-tracked:{Id}";
}
