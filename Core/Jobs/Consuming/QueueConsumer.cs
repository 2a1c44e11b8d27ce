using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Where deliveries come from and are settled: a queue as one channel sees it.</summary>
internal interface IDeliveryQueue
{
    /// <summary>Its queue; for the dead-letter queue only where such a message was meant to go, if that is known.</summary>
    JobQueue Queue { get; }

    /// <summary>Whether it takes what the worker's queues could not get rid of.</summary>
    bool IsDeadLetter { get; }

    /// <summary>Completes when the channel is gone: what was not acknowledged comes again, over another one.</summary>
    Task Lost { get; }

    /// <summary>What became of these deliveries is on disk: they can be acknowledged.</summary>
    void Settle(IReadOnlyList<ReceivedJob> jobs);
}

/// <summary>A job that the broker has given to this process and that is not settled yet.</summary>
/// <param name="Message">What it is.</param>
/// <param name="Source">Through which it came, and on which it is acknowledged.</param>
/// <param name="Delivery">The message that carried it.</param>
/// <param name="ArrivedAt">When, by <see cref="TimeProvider.GetTimestamp"/>.</param>
internal sealed record ReceivedJob(JobMessage Message, IDeliveryQueue Source, Delivery Delivery, long ArrivedAt)
{
    /// <summary>Whether it is not handled but published again, as a single message.</summary>
    public bool IsTakenOut { get; init; }
}

/// <summary>A message and how many of its jobs are not settled: it is acknowledged with the last of them.</summary>
internal sealed class Delivery(ulong tag, int jobs)
{
    private readonly int _jobs = jobs;
    private int _open = jobs;

    public ulong Tag => tag;

    /// <summary>When it was published, as far as it says so.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Whether some of its jobs are settled and others are not.</summary>
    public bool IsPartlySettled => Volatile.Read(ref _open) is var open && open > 0 && open < _jobs;

    /// <summary>One more of them is settled.</summary>
    /// <returns>Whether it was the last.</returns>
    public bool Settle() => Interlocked.Decrement(ref _open) == 0;
}

/// <summary>Takes the messages of one queue over its own channel, and acknowledges what was settled.</summary>
internal sealed class QueueConsumer : IDeliveryQueue, IBrokerSession
{
    // one of its jobs may be what kills whoever takes it: then only that one is to end as poison
    private const int ReturnsBeforeTakenApart = 3;

    private static readonly TimeSpan _stragglerWait = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly AckWindow _window = new();
    private readonly AsyncSignal _settled = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IChannel _channel;
    private readonly ITimer _stragglerTimer;
    private readonly Task _acknowledging;
    private readonly TimeProvider _timeProvider;
    private string _tag = "";
    private volatile bool _stragglersDue;
    private volatile bool _taking = true;

    private QueueConsumer(JobQueue queue, bool isDeadLetter, IChannel channel, TimeProvider timeProvider)
    {
        Queue = queue;
        IsDeadLetter = isDeadLetter;
        _channel = channel;
        _timeProvider = timeProvider;
        _stragglerTimer = timeProvider.CreateTimer(_ => FlushStragglers(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            _lost.TrySetResult();
            _settled.Set();
            return Task.CompletedTask;
        };
        _acknowledging = Task.Run(AcknowledgeAsync);
    }

    /// <inheritdoc/>
    public JobQueue Queue { get; }

    /// <inheritdoc/>
    public bool IsDeadLetter { get; }

    /// <inheritdoc/>
    public Task Lost => _lost.Task;

    private string QueueName => IsDeadLetter ? JobQueue.DeadLetterQueueOf(Queue.Worker) : Queue.Name;

    private bool IsLost => _lost.Task.IsCompleted;

    public static async Task<QueueConsumer> OpenAsync(
        IConnection connection,
        JobQueue queue,
        bool isDeadLetter,
        ushort prefetch,
        Action<IReadOnlyList<ReceivedJob>> received,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var consumer = new QueueConsumer(queue, isDeadLetter, channel, timeProvider);
        try
        {
            await consumer.StartAsync(prefetch, received, cancellationToken);
            return consumer;
        }
        catch
        {
            await consumer.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Settle(IReadOnlyList<ReceivedJob> jobs)
    {
        lock (_gate)
        {
            foreach (var job in jobs)
                if (job.Delivery.Settle())
                    _window.Settle(job.Delivery.Tag);
        }

        _settled.Set();
    }

    /// <summary>No more deliveries; what was delivered can still be settled.</summary>
    public async Task StopTakingAsync(CancellationToken cancellationToken)
    {
        _taking = false;
        if (!IsLost)
            await _channel.BasicCancelAsync(_tag, noWait: true, cancellationToken);
    }

    /// <summary>Sends the last acknowledgements and closes the channel, which returns the rest to the queue.</summary>
    public async ValueTask DisposeAsync()
    {
        _taking = false;
        await _closing.CancelAsync();
        await _acknowledging;
        await _stragglerTimer.DisposeAsync();
        await SendAsync(stragglersToo: true);
        _lost.TrySetResult();
        await _channel.DisposeAsync();
        _closing.Dispose();
    }

    private async Task StartAsync(ushort prefetch, Action<IReadOnlyList<ReceivedJob>> received, CancellationToken cancellationToken)
    {
        await _channel.BasicQosAsync(0, prefetch, global: false, cancellationToken);
        var events = new AsyncEventingBasicConsumer(_channel);
        events.ReceivedAsync += (_, delivery) =>
        {
            received(Read(delivery));
            return Task.CompletedTask;
        };
        events.UnregisteredAsync += (_, _) =>
        {
            // the queue was deleted under us
            if (_taking)
                _lost.TrySetResult();
            return Task.CompletedTask;
        };
        _tag = await _channel.BasicConsumeAsync(QueueName, autoAck: false, events, cancellationToken);
    }

    private ReceivedJob[] Read(BasicDeliverEventArgs delivery)
    {
        // a copy in any case: the client takes its buffer back after this call
        var (properties, queue, body, now) =
            (delivery.BasicProperties, QueueOf(delivery), BodyOf(delivery), _timeProvider.GetUtcNow());
        var jobs = Unpack(properties, queue, body) ?? [JobMessageProperties.Read(properties, queue, body, now)];
        var isTakenOut = jobs.Count > 1 && !IsDeadLetter && JobMessageProperties.Returns(properties) >= ReturnsBeforeTakenApart;
        var message = new Delivery(delivery.DeliveryTag, jobs.Count) { PublishedAt = JobMessageProperties.PublishedAt(properties, now) };
        var arrivedAt = _timeProvider.GetTimestamp();
        return [.. jobs.Select(job => new ReceivedJob(job, this, message, arrivedAt) { IsTakenOut = isTakenOut })];
    }

    // what cannot be decompressed, or is in an encoding of another version, is read as it is: no job, and kept as a dead one
    private static byte[] BodyOf(BasicDeliverEventArgs delivery) =>
        (delivery.BasicProperties.ContentEncoding == CompressedBody.Encoding ? CompressedBody.Read(delivery.Body.Span) : null)
        ?? delivery.Body.ToArray();

    // one that cannot be read is one job, of a type that nobody serves
    private static IReadOnlyList<JobMessage>? Unpack(IReadOnlyBasicProperties properties, JobQueue queue, byte[] body)
    {
        if (properties.Type != JobEnvelope.Tag)
            return null;
        try
        {
            return JobEnvelope.Read(body, queue);
        }
        catch (Exception reason) when (reason is JsonException or FormatException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private JobQueue QueueOf(BasicDeliverEventArgs delivery) =>
        IsDeadLetter ? JobMessageProperties.FirstQueue(delivery.BasicProperties) ?? Queue : Queue;

    private async Task AcknowledgeAsync()
    {
        try
        {
            while (!IsLost)
            {
                await _settled.WaitAsync(_closing.Token);
                await SendAsync(_stragglersDue);
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // DisposeAsync sends the rest
        }
    }

    private async Task SendAsync(bool stragglersToo)
    {
        IReadOnlyList<Ack> acks;
        lock (_gate)
        {
            _stragglersDue = false;
            acks = _window.Take(stragglersToo);
            if (_window.HasStragglers)
                _stragglerTimer.Change(_stragglerWait, Timeout.InfiniteTimeSpan);
        }

        try
        {
            foreach (var ack in acks)
                await _channel.BasicAckAsync(ack.Tag, ack.Multiple);
        }
#pragma warning disable CA1031 // whatever it is, a channel that does not acknowledge is of no use
        catch (Exception)
#pragma warning restore CA1031
        {
            // the deliveries come again, and their effects are found to be there
            _lost.TrySetResult();
        }
    }

    private void FlushStragglers()
    {
        _stragglersDue = true;
        _settled.Set();
    }
}
