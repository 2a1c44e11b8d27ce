using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Have Gmail go on telling of new mail. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RenewWatches(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("renew-watches", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a watch that was renewed is not due.</summary>
    public string IdempotencyKey => $"renew-watches:{Id}";
}
