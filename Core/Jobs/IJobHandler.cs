namespace Switchboard.Core.Jobs;

/// <summary>
/// Serves the jobs of one type, a batch at a time: load, act, decide, record. Resolved from its own scope for each batch.
/// An exception means that the whole batch failed: of a dependency (Postgres, the broker) it is tried again in place
/// until the dependency is back; any other counts as a failed attempt of each job.
/// </summary>
/// <typeparam name="TJob">The job's record.</typeparam>
public interface IJobHandler<TJob>
    where TJob : IJob
{
    /// <summary>Serves a batch and says what became of each job, in the order of the batch.</summary>
    Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<TJob>> batch, CancellationToken cancellation);
}
