using System.Diagnostics;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>A job type that this process serves.</summary>
/// <param name="codec">How it is read.</param>
/// <param name="maxBatch">How many jobs its handler takes at once.</param>
/// <param name="concurrentBatches">How many batches of it are in work at once.</param>
/// <param name="window">How long the first job of a batch waits for others; null for the default.</param>
internal abstract class HandledJob(JobCodec codec, int maxBatch, int concurrentBatches, TimeSpan? window)
{
    public JobCodec Codec => codec;

    public JobType Type => codec.Type;

    public int MaxBatch => maxBatch;

    public int ConcurrentBatches => concurrentBatches;

    public TimeSpan? Window => window;

    /// <summary>Calls the handler, in its own scope.</summary>
    public abstract Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IServiceScopeFactory scopes, IReadOnlyList<DecodedJob> jobs, CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal sealed class HandledJob<TJob, THandler>(int maxBatch, int concurrentBatches, TimeSpan? window = null)
    : HandledJob(JobCodec.Of(typeof(TJob)), maxBatch, concurrentBatches, window)
    where TJob : IJob
    where THandler : class, IJobHandler<TJob>
{
    public override async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IServiceScopeFactory scopes, IReadOnlyList<DecodedJob> jobs, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var handler = scope.ServiceProvider.GetRequiredService<THandler>();
        var outcomes = await handler.HandleAsync([.. jobs.Select(Delivery)], cancellationToken);
        return outcomes.Count == jobs.Count
            ? outcomes
            : throw new InvalidOperationException($"{typeof(THandler).Name} answered {outcomes.Count} outcomes for {jobs.Count} jobs.");
    }

    private static JobDelivery<TJob> Delivery(DecodedJob job)
    {
        var message = job.Received.Message;
        var isLast = message.Attempt >= RetryPolicy.For(message.Queue.Priority).MaxAttempts;
        return new((TJob)job.Job, message.Attempt, message.EnqueuedAt, isLast, message.IsReplay, job.Activity);
    }
}

/// <summary>A message whose body could be read.</summary>
internal sealed record DecodedJob(ReceivedJob Received, IJob Job, Activity? Activity);
