using Switchboard.Core.Jobs;

namespace Switchboard.Analytics.Worker.Retention;

/// <summary>Delete what is older than it is kept. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PruneData(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("prune-data", 1, JobWorker.Analytics, JobPriority.VeryLow);

    /// <summary>Only for the log: what is deleted is not there the second time.</summary>
    public string IdempotencyKey => $"prune-data:{Id}";
}
