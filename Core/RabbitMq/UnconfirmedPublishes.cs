using RabbitMQ.Client;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// Which publishes of a channel the broker has not answered yet. Sequence numbers start at 1; a confirm may stand
/// for all numbers up to its own. Numbers are given out by one writer and confirmed by one reader.
/// </summary>
internal sealed class UnconfirmedPublishes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, PublishBatch> _waiting = [];
    private ulong _next = 1;
    private ulong _lowest = 1;

    public int Count
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    /// <summary>Called just before a message is written.</summary>
    public void Add(PublishBatch batch)
    {
        lock (_gate)
        {
            var number = _next++;
            // nobody waits for it any more
            if (batch.IsAnswered)
                return;
            batch.FirstNumber ??= number;
            _waiting.Add(number, batch);
        }
    }

    /// <summary>Its caller has given up: an answer may never come, and what waits for one must not pile up.</summary>
    public void Forget(PublishBatch batch, Exception reason)
    {
        lock (_gate)
        {
            batch.Fail(reason);
            _ = batch.Answered.Exception;
            // a batch is written in one go, so its numbers follow each other
            for (var at = 0; batch.FirstNumber is { } first && at < batch.Messages.Count; at++)
                _waiting.Remove(first + (ulong)at);
        }
    }

    /// <summary>The broker has it on disk.</summary>
    public void Confirm(ulong tag, bool multiple) => Answer(tag, multiple, static batch => batch.Confirm());

    /// <summary>The broker has lost or refused it.</summary>
    public void Refuse(ulong tag, bool multiple) =>
        Answer(tag, multiple, static batch => batch.Fail(new IOException("The broker refused a message.")));

    /// <summary>No answer will come any more.</summary>
    public void FailAll(Exception reason)
    {
        lock (_gate)
        {
            foreach (var batch in _waiting.Values)
                batch.Fail(reason);
            _waiting.Clear();
        }
    }

    private void Answer(ulong tag, bool multiple, Action<PublishBatch> answer)
    {
        lock (_gate)
        {
            if (!multiple)
            {
                if (_waiting.Remove(tag, out var batch))
                    answer(batch);
                return;
            }

            for (; _lowest <= tag; _lowest++)
            {
                if (_waiting.Remove(_lowest, out var batch))
                    answer(batch);
            }
        }
    }
}

/// <summary>Messages that one caller waits for together: confirmed when each is, failed when one is.</summary>
internal sealed class PublishBatch(IReadOnlyList<OutgoingMessage> messages)
{
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open = messages.Count;

    public IReadOnlyList<OutgoingMessage> Messages => messages;

    public Task Answered => _answered.Task;

    /// <summary>Whether it is decided, one way or the other.</summary>
    public bool IsAnswered => _answered.Task.IsCompleted;

    /// <summary>The number of its first message on the channel; null while none was written.</summary>
    public ulong? FirstNumber { get; set; }

    /// <summary>One more of its messages is safe.</summary>
    public void Confirm()
    {
        if (Interlocked.Decrement(ref _open) == 0)
            _answered.TrySetResult();
    }

    /// <summary>What was already written may or may not be safe.</summary>
    public void Fail(Exception reason) =>
        _answered.TrySetException(new BrokerUnavailableException($"The broker did not take a job: {reason.Message}", reason));
}

/// <summary>A message on its way to a queue.</summary>
internal readonly record struct OutgoingMessage(string Queue, BasicProperties Properties, ReadOnlyMemory<byte> Body);
