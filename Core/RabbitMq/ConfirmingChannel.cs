using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// Publishes for many callers over one channel: one writer sends what has gathered (<see cref="GatheredPublishes"/>), and each caller waits
/// for the confirms of its own jobs alone. The confirms are followed here, not by the client, whose own way costs a header on each message
/// and slows down at 128 unanswered ones.
/// </summary>
internal sealed class ConfirmingChannel : IBrokerSession
{
    private readonly GatheredPublishes _publishes = new();
    private readonly AsyncSignal _changed = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly CancellationTokenSource _closing = new();
    private readonly int _compressFrom;
    private readonly TimeProvider _timeProvider;
    private readonly Task _writing;
    private volatile string? _blocked;

    private ConfirmingChannel(IConnection connection, IChannel channel, int compressFrom, TimeProvider timeProvider)
    {
        _connection = connection;
        _channel = channel;
        _compressFrom = compressFrom > 0 ? compressFrom : int.MaxValue;
        _timeProvider = timeProvider;
        channel.BasicAcksAsync += OnAcks;
        channel.BasicNacksAsync += OnNacks;
        channel.BasicReturnAsync += OnReturn;
        channel.ChannelShutdownAsync += OnShutdown;
        connection.ConnectionBlockedAsync += OnBlocked;
        connection.ConnectionUnblockedAsync += OnUnblocked;
        _writing = Task.Run(WriteAsync);
    }

    /// <inheritdoc/>
    public Task Lost => _lost.Task;

    /// <summary>Why the broker blocks publishers; null while it does not.</summary>
    public string? BlockedReason => _blocked;

    /// <summary>For questions to the broker over separate channels.</summary>
    public IConnection Connection => _connection;

    /// <summary>Opens the channel; messages of so many bytes and more are compressed, none when it is 0.</summary>
    public static async Task<ConfirmingChannel> OpenAsync(
        IConnection connection, int compressFrom, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(
            new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false), cancellationToken);
        return new(connection, channel, compressFrom, timeProvider);
    }

    /// <summary>Hands jobs to the writer, and returns when the broker confirmed each of them.</summary>
    /// <exception cref="BrokerUnavailableException">It did not take them, or not in time.</exception>
    public async Task PublishAsync(IReadOnlyList<JobMessage> messages, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var batch = new PublishBatch(messages);
        if (_blocked is { } reason)
            batch.Fail(new IOException($"it blocks publishers ({reason})"));
        else
            _publishes.Add(batch);
        _changed.Set();

        try
        {
            await batch.Answered.WaitAsync(timeout, _timeProvider, cancellationToken);
        }
        catch (TimeoutException late)
        {
            Forget(batch, late);
            throw new BrokerUnavailableException($"The broker did not confirm within {timeout.TotalSeconds} s.", late);
        }
        catch (OperationCanceledException cancelled)
        {
            Forget(batch, cancelled);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Close(new IOException("the channel is closed"));
        // a broker that takes no more bytes would hold up the writer
        await _closing.CancelAsync();
        await _writing;
        await _channel.DisposeAsync();
        _closing.Dispose();
    }

    private void Forget(PublishBatch batch, Exception reason)
    {
        _publishes.Forget(batch, reason);
        _changed.Set();
    }

    private async Task WriteAsync()
    {
        try
        {
            while (true)
            {
                while (_publishes.Take() is { } message)
                    await WriteAsync(message);
                await _changed.WaitAsync(_closing.Token);
            }
        }
#pragma warning disable CA1031 // every caller is told; the owner makes another connection
        catch (Exception reason)
#pragma warning restore CA1031
        {
            Close(reason is OperationCanceledException ? new IOException("the channel is closed") : reason);
        }
    }

    private ValueTask WriteAsync(GatheredPublishes.Envelope message)
    {
        var (queue, jobs) = message;
        return jobs.Count == 1
            ? PublishAsync(queue, JobMessageProperties.Of(jobs[0].Message), jobs[0].Message.Body)
            : PublishAsync(queue, JobEnvelope.Properties(), JobEnvelope.Write([.. jobs.Select(job => job.Message)]));

        ValueTask PublishAsync(JobQueue queue, BasicProperties properties, ReadOnlyMemory<byte> body)
        {
            // whole seconds: the protocol knows no less
            properties.Timestamp = new(_timeProvider.GetUtcNow().ToUnixTimeSeconds());
            if (body.Length >= _compressFrom && CompressedBody.Of(body.Span) is { } compressed)
                (properties.ContentEncoding, body) = (CompressedBody.Encoding, compressed);
            return _channel.BasicPublishAsync("", queue.Name, mandatory: true, properties, body, _closing.Token);
        }
    }

    private void Close(Exception reason)
    {
        _publishes.Close(reason);
        _lost.TrySetResult();
    }

    private Task OnAcks(object sender, BasicAckEventArgs confirm)
    {
        _publishes.Confirm(confirm.DeliveryTag, confirm.Multiple);
        _changed.Set();
        return Task.CompletedTask;
    }

    private Task OnNacks(object sender, BasicNackEventArgs refusal)
    {
        _publishes.Refuse(refusal.DeliveryTag, refusal.Multiple);
        _changed.Set();
        return Task.CompletedTask;
    }

    // The queue is gone. Which caller it was the broker doesn't say, so all who wait publish again,
    // over a new connection, which declares the queues again.
    private Task OnReturn(object sender, BasicReturnEventArgs returned)
    {
        Close(new IOException($"there is no queue {returned.RoutingKey}"));
        return Task.CompletedTask;
    }

    private Task OnShutdown(object sender, ShutdownEventArgs reason)
    {
        Close(reason.Exception ?? new IOException(reason.ReplyText));
        return Task.CompletedTask;
    }

    private Task OnBlocked(object sender, ConnectionBlockedEventArgs blocked)
    {
        _blocked = blocked.Reason;
        return Task.CompletedTask;
    }

    private Task OnUnblocked(object sender, AsyncEventArgs unblocked)
    {
        _blocked = null;
        return Task.CompletedTask;
    }
}
