using System.Collections.Concurrent;
using Switchboard.Core.Notifications;
using Switchboard.Core.Redis.Limits;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Tests.Dispatch;

/// <summary>A channel that answers what the test says.</summary>
internal sealed class TestChannel : IChannel
{
    public ChannelDefinition Definition => Channels.WhatsAppChannel;

    public string LimitKey { get; } = Guid.CreateVersion7().ToString();

    public RateLimit Limit { get; set; } = new(1_000, TimeSpan.FromSeconds(1));

    public ConcurrentQueue<ChannelMessage> Sent { get; } = new();

    public Func<ChannelMessage, CancellationToken, Task<SendResult>> Answer { get; set; } =
        (message, _) => Task.FromResult<SendResult>(new SendResult.Accepted($"wamid.{message.NotificationId}", 200));

    public void Answers(SendResult answer) => Answer = (_, _) => Task.FromResult(answer);

    public Task<SendResult> SendAsync(ChannelMessage message, CancellationToken cancellationToken)
    {
        Sent.Enqueue(message);
        return Answer(message, cancellationToken);
    }
}
