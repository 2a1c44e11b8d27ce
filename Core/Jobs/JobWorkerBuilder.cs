using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Jobs.Consuming;

namespace Switchboard.Core.Jobs;

/// <summary>Says which jobs a process serves, and by whom.</summary>
public sealed class JobWorkerBuilder
{
    private readonly IServiceCollection _services;
    private readonly JobWorker _worker;
    private readonly Dictionary<string, HandledJob> _handled = [];

    internal JobWorkerBuilder(IServiceCollection services, JobWorker worker)
    {
        _services = services;
        _worker = worker;
    }

    internal IEnumerable<HandledJob> Handled => _handled.Values;

    /// <summary>Serves a job type.</summary>
    /// <param name="maxBatch">The most jobs that the handler is given at once.</param>
    /// <param name="concurrentBatches">How many batches of this type are in work at once in this process.</param>
    /// <param name="window">How long the first job of a batch waits for others, in place of <see cref="JobOptions.BatchWindowMs"/>:
    /// longer where nobody looks at the clock and a larger batch costs hardly more.</param>
    /// <typeparam name="TJob">The job's record.</typeparam>
    /// <typeparam name="THandler">Its handler, a scoped service.</typeparam>
    /// <exception cref="InvalidOperationException">The type belongs to another worker or has a handler already.</exception>
    public JobWorkerBuilder Handle<TJob, THandler>(int maxBatch = 100, int concurrentBatches = 2, TimeSpan? window = null)
        where TJob : IJob
        where THandler : class, IJobHandler<TJob>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrentBatches, 1);
        if (TJob.Type.Worker != _worker)
            throw new InvalidOperationException($"{TJob.Type.Name} belongs to {TJob.Type.Worker}, not to {_worker}.");
        if (!_handled.TryAdd(TJob.Type.Name, new HandledJob<TJob, THandler>(maxBatch, concurrentBatches, window)))
            throw new InvalidOperationException($"{TJob.Type.Name} has a handler already.");
        _services.TryAddScoped<THandler>();
        return this;
    }
}
