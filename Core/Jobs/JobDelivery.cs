using System.Diagnostics;

namespace Switchboard.Core.Jobs;

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
