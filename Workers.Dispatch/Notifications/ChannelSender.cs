using System.Diagnostics;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Limits;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>Sends claimed notifications over their channels, within the channels' limits, many at once, and decides each answer.</summary>
internal sealed class ChannelSender(
    ChannelRegistry channels, SlidingWindowLimiter limiter, DispatchMetrics metrics, IOptions<DispatchOptions> options, TimeProvider time)
{
    private readonly int _maxConcurrent = options.Value.MaxConcurrentSends;
    private readonly TimeSpan _inDoubt = TimeSpan.FromSeconds(options.Value.InDoubtSeconds);

    /// <summary>Sends and decides. After a cancellation some may be left undecided.</summary>
    public async Task SendAsync(IReadOnlyList<Send> sends, CancellationToken cancellation)
    {
        var permitted = new List<(Send Send, IChannel Channel)>(sends.Count);
        foreach (var group in sends.GroupBy(send => send.Notification.Channel))
        {
            if (channels.Find(group.Key) is { } channel)
                await PermitAsync(channel, [.. group], permitted, cancellation);
            else
                foreach (var send in group)
                    Decide(send, channels.Unknown(group.Key), time.GetTimestamp());
        }

        await Parallel.ForEachAsync(
            permitted,
            new ParallelOptions { MaxDegreeOfParallelism = _maxConcurrent },
            (one, _) => SendAsync(one.Send, one.Channel, cancellation));
    }

    private async Task PermitAsync(IChannel channel, Send[] sends, List<(Send, IChannel)> permitted, CancellationToken cancellation)
    {
        var permits = await limiter.AcquireUpToAsync(channel.LimitKey, channel.Limit, sends.Length, cancellation);
        permitted.AddRange(sends.Take(permits.Granted).Select(send => (send, channel)));
        foreach (var (rank, send) in sends.Skip(permits.Granted).Index())
        {
            // those who wait come back in turn, not all for the same permits
            var wait = permits.RetryAfter + channel.Limit.Window * (rank / channel.Limit.Permits);
            var reason = $"The limit of {channel.Limit.Permits} messages in {channel.Limit.Window.TotalSeconds} s is reached.";
            Decide(send, new SendResult.NotTried(reason, wait), time.GetTimestamp());
        }
    }

    private async ValueTask SendAsync(Send send, IChannel channel, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            Decide(send, new SendResult.NotTried("The process ends.", TimeSpan.Zero), time.GetTimestamp());
            return;
        }

        Activity.Current = send.Delivery.Activity;
        var (notification, begun) = (send.Notification, time.GetTimestamp());
        try
        {
            var message = new ChannelMessage(notification.Id, notification.Recipient, notification.Body);
            Decide(send, await channel.SendAsync(message, cancellation), begun);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // stays undecided: it may have been sent
        }
    }

    private void Decide(Send send, SendResult answer, long begun)
    {
        send.Took = time.GetElapsedTime(begun);
        send.BegunAt = time.GetUtcNow() - send.Took;
        send.Decision = SendDecision.For(answer, send.Delivery.IsLastAttempt, _inDoubt);
        metrics.Sent(send);
    }
}
