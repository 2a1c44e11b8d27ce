using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Switchboard.Core.RabbitMq;

namespace Switchboard.Core.Jobs.Consuming;

/// <summary>Takes the messages of one queue over a channel of its own, and acknowledges what was settled.</summary>
internal sealed class QueueConsumer : IDeliveryQueue, IBrokerSession
{
    private static readonly TimeSpan _stragglerWait = TimeSpan.FromMilliseconds(20);

    private readonly Lock _gate = new();
    private readonly AckWindow _window = new();
    private readonly AsyncSignal _settled = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IChannel _channel;
    private readonly ITimer _stragglerTimer;
    private readonly Task _acknowledging;
    private readonly TimeProvider _time;
    private string _tag = "";
    private volatile bool _stragglersDue;
    private volatile bool _taking = true;

    private QueueConsumer(JobQueue lane, bool isDeadLetter, IChannel channel, TimeProvider time)
    {
        Lane = lane;
        IsDeadLetter = isDeadLetter;
        _channel = channel;
        _time = time;
        _stragglerTimer = time.CreateTimer(_ => FlushStragglers(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            _lost.TrySetResult();
            _settled.Set();
            return Task.CompletedTask;
        };
        _acknowledging = Task.Run(AcknowledgeAsync);
    }

    /// <inheritdoc/>
    public JobQueue Lane { get; }

    /// <inheritdoc/>
    public bool IsDeadLetter { get; }

    /// <inheritdoc/>
    public Task Lost => _lost.Task;

    private string Queue => IsDeadLetter ? JobQueue.DeadLetterQueueOf(Lane.Worker) : Lane.Queue;

    private bool IsLost => _lost.Task.IsCompleted;

    public static async Task<QueueConsumer> OpenAsync(
        IConnection connection,
        JobQueue lane,
        bool isDeadLetter,
        ushort prefetch,
        Action<ReceivedJob> received,
        TimeProvider time,
        CancellationToken cancellation)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellation);
        var consumer = new QueueConsumer(lane, isDeadLetter, channel, time);
        try
        {
            await consumer.StartAsync(prefetch, received, cancellation);
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
                _window.Settle(job.DeliveryTag);
        }

        _settled.Set();
    }

    /// <summary>No more deliveries; what was delivered can still be settled.</summary>
    public async Task StopTakingAsync(CancellationToken cancellation)
    {
        _taking = false;
        if (!IsLost)
            await _channel.BasicCancelAsync(_tag, noWait: true, cancellation);
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

    private async Task StartAsync(ushort prefetch, Action<ReceivedJob> received, CancellationToken cancellation)
    {
        await _channel.BasicQosAsync(0, prefetch, global: false, cancellation);
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
        _tag = await _channel.BasicConsumeAsync(Queue, autoAck: false, events, cancellation);
    }

    private ReceivedJob Read(BasicDeliverEventArgs delivery) => new(
        // the client takes its buffer back after this call
        JobMessageProperties.Read(delivery.BasicProperties, LaneOf(delivery), delivery.Body.ToArray(), _time.GetUtcNow()),
        this,
        delivery.DeliveryTag,
        _time.GetTimestamp());

    private JobQueue LaneOf(BasicDeliverEventArgs delivery) =>
        IsDeadLetter ? JobMessageProperties.FirstLane(delivery.BasicProperties) ?? Lane : Lane;

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
