using System.Diagnostics;

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
    Task<IReadOnlyList<JobOutcome>> HandleAsync(IReadOnlyList<JobDelivery<TJob>> batch, CancellationToken cancellationToken);
}

/// <summary>A job as its handler gets it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Attempt">Which attempt this is, from 1.</param>
/// <param name="EnqueuedAt">When it was first published or scheduled.</param>
/// <param name="IsLastAttempt">Whether a <see cref="JobOutcome.Retry"/> now means dead.</param>
/// <param name="IsReplay">Whether a person asked for it again after it was dead.</param>
/// <param name="Activity">The span of this job, whose parent is the one that published it; null when nothing traces.
/// Make it the parent of what is done for this job alone: <c>new OutgoingJob(next, delivery.Activity?.Context)</c>.</param>
/// <typeparam name="TJob">The job's record.</typeparam>
public sealed record JobDelivery<TJob>(
    TJob Job,
    int Attempt,
    DateTimeOffset EnqueuedAt,
    bool IsLastAttempt,
    bool IsReplay,
    Activity? Activity)
    where TJob : IJob;

/// <summary>What became of one job of a batch. The consumer settles it; a handler only says it.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>Its effect is committed.</summary>
    public static JobOutcome Done { get; } = new DoneOutcome();

    /// <summary>It failed and may succeed later; after the last attempt of its <see cref="RetryPolicy"/> it is dead.</summary>
    /// <param name="error">What went wrong, for the person who reads the dead job.</param>
    /// <param name="after">How long to wait, if the one who refused said so; else the policy's delay.</param>
    public static JobOutcome Retry(string error, TimeSpan? after = null) => new RetryOutcome(error, after);

    /// <summary>It could not be tried yet (a limit, an open circuit): again after the time, without counting an attempt.</summary>
    /// <param name="after">How long to wait.</param>
    /// <param name="reason">Why, for the log.</param>
    public static JobOutcome Snooze(TimeSpan after, string reason) => new SnoozeOutcome(after, reason);

    /// <summary>No later attempt can succeed: it goes to <c>dead_jobs</c>.</summary>
    /// <param name="error">Why, for the person who reads it.</param>
    public static JobOutcome Dead(string error) => new DeadOutcome(error);

    /// <summary>See <see cref="Done"/>.</summary>
    public sealed record DoneOutcome : JobOutcome;

    /// <summary>See <see cref="Retry"/>.</summary>
    public sealed record RetryOutcome(string Error, TimeSpan? After) : JobOutcome;

    /// <summary>See <see cref="Snooze"/>.</summary>
    public sealed record SnoozeOutcome(TimeSpan After, string Reason) : JobOutcome;

    /// <summary>See <see cref="Dead"/>.</summary>
    public sealed record DeadOutcome(string Error) : JobOutcome;
}
