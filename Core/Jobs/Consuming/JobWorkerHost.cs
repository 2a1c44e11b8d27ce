using System.Collections.Concurrent;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>
/// Serves the queues of one worker: keeps connected, forms batches, starts them as places come free,
/// and at the end finishes what its handlers hold and returns the rest. Each queue has its own connection: the broker closes
/// the whole connection of who asks it for a queue that it cannot start, and that must not stop the other queues.
/// </summary>
internal sealed partial class JobWorkerHost : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Task, byte> _running = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly AsyncSignal _changed = new();
    private readonly Dictionary<string, HandledJob> _handled;
    private readonly BatchRunner _runner;
    private readonly JobCounters _counters;
    private readonly JobOptions _options;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<JobWorkerHost> _logger;
    private readonly BatchAssembler _assembler;
    private readonly BrokerConnection<QueueConsumer>[] _connections;

    public JobWorkerHost(
        JobWorker worker,
        IEnumerable<HandledJob> handled,
        BatchRunner runner,
        JobCounters counters,
        IConnectionFactory factory,
        IOptions<JobOptions> options,
        IHostApplicationLifetime lifetime,
        TimeProvider timeProvider,
        ILogger<JobWorkerHost> logger)
    {
        _handled = handled.ToDictionary(job => job.Type.Tag);
        _runner = runner;
        _counters = counters;
        _options = options.Value;
        _lifetime = lifetime;
        _timeProvider = timeProvider;
        _logger = logger;
        _assembler = new(timeProvider, TimeSpan.FromMilliseconds(_options.BatchWindowMs), TimeSpan.FromMilliseconds(_options.BatchIntervalMs));
        _connections =
        [
            .. JobQueue.All.Where(queue => queue.Worker == worker).Select(queue => ConnectionOf(queue, isDeadLetter: false)),
            ConnectionOf(JobQueue.Of(worker, JobPriority.VeryLow), isDeadLetter: true),
        ];

        BrokerConnection<QueueConsumer> ConnectionOf(JobQueue queue, bool isDeadLetter) => new(
            factory,
            $"jobs: {(isDeadLetter ? JobQueue.DeadLetterQueueOf(worker) : queue.Name)}",
            (connection, cancellationToken) => OpenAsync(connection, queue, isDeadLetter, cancellationToken),
            timeProvider,
            logger);
    }

    public override void Dispose()
    {
        _abort.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var closing = new CancellationTokenSource();
        var connected = Task.WhenAll(_connections.Select(connection => connection.RunAsync(closing.Token)));
        // as soon as the process is told to stop, not only when this service is stopped
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _lifetime.ApplicationStopping);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await StartBatchesAsync(stopping.Token);
            }
#pragma warning disable CA1031 // a bug in how batches are formed: the next delivery or the wait starts it again
            catch (Exception reason)
#pragma warning restore CA1031
            {
                Log.Stopped(_logger, reason);
                await Task.Delay(ResilientLoop.FirstWait, _timeProvider, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await FinishAsync();
        await closing.CancelAsync();
        await connected;
    }

    private async Task<QueueConsumer> OpenAsync(
        IConnection connection, JobQueue queue, bool isDeadLetter, CancellationToken cancellationToken)
    {
        lock (_gate)
            _assembler.DropLost();
        await QueueTopology.DeclareAsync(connection, queue, _options.DeliveryLimit, cancellationToken);
        return await QueueConsumer.OpenAsync(connection, queue, isDeadLetter, _options.PrefetchPerQueue, Received, _timeProvider, cancellationToken);
    }

    private void Received(IReadOnlyList<ReceivedJob> jobs)
    {
        if (jobs[0] is { Source: { IsDeadLetter: false } source, Delivery.PublishedAt: { } publishedAt })
            _counters.Received(source.Queue, publishedAt);
        lock (_gate)
        {
            foreach (var job in jobs)
                _assembler.Add(job.Source.IsDeadLetter || job.IsTakenOut ? null : _handled.GetValueOrDefault(job.Message.Tag), job);
        }

        _changed.Set();
    }

    private async Task StartBatchesAsync(CancellationToken stopping)
    {
        await using var timer = _timeProvider.CreateTimer(_ => _changed.Set(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        while (!stopping.IsCancellationRequested)
        {
            JobBatch? batch;
            TimeSpan? wait;
            lock (_gate)
                batch = _assembler.Take(out wait);
            if (batch is not null)
            {
                Start(batch);
                continue;
            }

            // a timer counts whole milliseconds: rounded down, it would ring until the rest is over
            if (wait is { } soon)
                timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(soon.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
            try
            {
                await _changed.WaitAsync(stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Start(JobBatch batch)
    {
        var run = Task.Run(() => RunAsync(batch));
        _running.TryAdd(run, 0);
        run.ContinueWith(done => _running.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task RunAsync(JobBatch batch)
    {
        try
        {
            await _runner.RunAsync(batch, _abort.Token);
        }
#pragma warning disable CA1031 // a bug in the runner itself: the batch stays unsettled, comes again, and ends as poison
        catch (Exception reason)
#pragma warning restore CA1031
        {
            Log.Broken(_logger, reason, batch.Jobs.Count);
        }
        finally
        {
            lock (_gate)
                _assembler.Finished(batch);
            _changed.Set();
        }
    }

    private async Task FinishAsync()
    {
        await Task.WhenAll(_connections.Select(link => StopTakingAsync(link.Current)));
        var finished = FinishRunningAsync();
        var limit = TimeSpan.FromSeconds(_options.ShutdownSeconds);
        if (await Task.WhenAny(finished, Task.Delay(limit, _timeProvider)) == finished)
            return;
        Log.Aborted(_logger, _running.Count, limit.TotalSeconds);
        await _abort.CancelAsync();
        await finished;
    }

    // a message comes again whole: of those that are done in part, the rest goes back as single messages
    private async Task FinishRunningAsync()
    {
        await Task.WhenAll(_running.Keys);
        ILookup<IDeliveryQueue, ReceivedJob> rest;
        lock (_gate)
            rest = _assembler.Rest().Where(job => job.Delivery.IsPartlySettled).ToLookup(job => job.Source);
        await Task.WhenAll(rest.Select(jobs => RunAsync(new JobBatch(null, [.. jobs.Select(job => job with { IsTakenOut = true })]))));
    }

    private async Task StopTakingAsync(QueueConsumer? consumer)
    {
        try
        {
            await (consumer?.StopTakingAsync(CancellationToken.None) ?? Task.CompletedTask);
        }
        catch (Exception reason) when (reason is RabbitMQClientException or IOException or ObjectDisposedException)
        {
            Log.NotCancelled(_logger, reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The forming of batches failed and starts again")]
        public static partial void Stopped(ILogger logger, Exception reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "A batch of {Count} jobs was left unsettled")]
        public static partial void Broken(ILogger logger, Exception reason, int count);

        [LoggerMessage(Level = LogLevel.Information, Message = "Deliveries ended with their connection: {Reason}")]
        public static partial void NotCancelled(ILogger logger, Redacted reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} batches did not finish within {Seconds} s and are returned")]
        public static partial void Aborted(ILogger logger, int count, double seconds);
    }
}
