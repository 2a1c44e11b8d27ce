using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

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
