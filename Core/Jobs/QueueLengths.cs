using System.Collections.Concurrent;
using RabbitMQ.Client.Exceptions;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Jobs;

/// <summary>
/// Which queues are full. The broker could refuse by itself (the queues say <c>reject-publish</c>), but a length is an argument of a queue,
/// and those of one that exists cannot be changed; so it is asked how long the queues are that were published to since it was last asked.
/// What is not known is not full. A hard bound besides is a policy of the broker: see docs/jobs.md.
/// </summary>
internal sealed partial class QueueLengths(int maxLength, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<JobQueue, bool> _used = new();
    private readonly ConcurrentDictionary<JobQueue, bool> _full = new();

    /// <summary>Whether a queue is full, as far as is known; it will be asked how long it is.</summary>
    public bool IsFull(JobQueue queue)
    {
        _used.TryAdd(queue, true);
        return _full.ContainsKey(queue);
    }

    /// <summary>Refuses to publish to a queue that is full.</summary>
    /// <exception cref="BrokerUnavailableException">It is full.</exception>
    public void Check(JobQueue queue)
    {
        if (IsFull(queue))
            throw new BrokerUnavailableException($"The queue {queue.Name} is full: {maxLength} messages wait in it.") { QueueIsFull = true };
    }

    /// <summary>Asks for the length of the queues that were used, or were full.</summary>
    public async Task RefreshAsync(JobPublisher publisher, CancellationToken cancellationToken)
    {
        JobQueue[] queues = [.. _used.Keys];
        _used.Clear();
        // each for itself: one that the broker cannot start keeps the answer of no other
        await Task.WhenAll(queues.Union(_full.Keys).Select(queue => RefreshAsync(publisher, queue, cancellationToken)));
    }

    private async Task RefreshAsync(JobPublisher publisher, JobQueue queue, CancellationToken cancellationToken)
    {
        long length;
        try
        {
            length = await publisher.AskAsync(
                async channel => (await channel.QueueDeclarePassiveAsync(queue.Name, cancellationToken)).MessageCount, cancellationToken)
                .WaitAsync(Patience, cancellationToken);
        }
        catch (Exception reason) when (reason is BrokerUnavailableException or RabbitMQClientException or TimeoutException or IOException)
        {
            length = 0;
        }

        if (length < maxLength ? _full.TryRemove(queue, out _) : _full.TryAdd(queue, true))
            Log.Changed(logger, queue.Name, length, length < maxLength ? "takes jobs again" : "takes no more jobs");
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The queue {Queue} has {Length} messages and {State}")]
        public static partial void Changed(ILogger logger, string queue, long length, string state);
    }
}

/// <summary>Keeps <see cref="QueueLengths"/> current.</summary>
internal sealed class QueueLengthPoll(JobPublisher publisher, TimeSpan every, TimeProvider timeProvider, ILogger<QueueLengthPoll> logger)
    : ResilientLoop(timeProvider, logger)
{
    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        await publisher.Lengths.RefreshAsync(publisher, cancellationToken);
        return every;
    }
}
