using System.Diagnostics;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Rules;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Sends claimed notifications over their channels, within the channels' limits, many at once, and decides about each. Each fails alone:
/// whatever one of them throws, the others are sent and decided, so that what went out is recorded.
/// </summary>
internal sealed partial class ChannelSender(
    ChannelRegistry channels,
    SendChecks checks,
    SlidingWindowLimiter limiter,
    DispatchMetrics metrics,
    IOptions<DispatchOptions> options,
    TimeProvider timeProvider,
    ILogger<ChannelSender> logger)
{
    private static readonly TimeSpan LimitRetry = TimeSpan.FromSeconds(1);

    private readonly int _maxConcurrent = options.Value.MaxConcurrentSends;
    private readonly TimeSpan _inDoubt = TimeSpan.FromSeconds(options.Value.InDoubtSeconds);

    /// <summary>Sends and decides. After a cancellation some may be left undecided.</summary>
    public async Task SendAsync(IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var permitted = new List<(Send Send, IChannel Channel)>(sends.Count);
        foreach (var group in (await CheckedAsync(sends, cancellationToken)).GroupBy(send => send.Notification.Channel))
        {
            if (channels.Find(group.Key) is { } channel)
                await PermitAsync(channel, [.. group], permitted, cancellationToken);
            else
                foreach (var send in group)
                    Decide(send, channels.Unknown(group.Key), timeProvider.GetTimestamp());
        }

        await Parallel.ForEachAsync(
            permitted,
            new ParallelOptions { MaxDegreeOfParallelism = _maxConcurrent },
            (one, _) => SendAsync(one.Send, one.Channel, cancellationToken));
    }

    // those that are to be sent; of the others it is decided
    private async Task<IEnumerable<Send>> CheckedAsync(IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        try
        {
            var refusals = await checks.RefusalsAsync(sends, cancellationToken);
            foreach (var (send, refusal) in refusals)
                Decide(send, refusal, timeProvider.GetTimestamp());
            return refusals.Count == 0 ? sends : sends.Where(send => !refusals.ContainsKey(send));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            DeferAll(sends, "The process ends.", TimeSpan.Zero);
            return [];
        }
        catch (Exception exception)
        {
            Log.NotChecked(logger, exception, sends.Count);
            DeferAll(sends, $"It cannot be read what its recipient wants: {LoggedException.Reason(exception)}", LimitRetry);
            return [];
        }
    }

    private async Task PermitAsync(IChannel channel, Send[] sends, List<(Send, IChannel)> permitted, CancellationToken cancellationToken)
    {
        RateLimitResult permits;
        try
        {
            permits = await limiter.AcquireUpToAsync(channel.LimitKey, channel.Limit, sends.Length, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            DeferAll(sends, "The process ends.", TimeSpan.Zero);
            return;
        }
        catch (Exception exception)
        {
            Log.NoPermits(logger, exception, channel.Definition.Name, sends.Length);
            DeferAll(sends, $"The limit cannot be asked: {LoggedException.Reason(exception)}", LimitRetry);
            return;
        }

        permitted.AddRange(sends.Take(permits.Granted).Select(send => (send, channel)));
        foreach (var (rank, send) in sends.Skip(permits.Granted).Index())
        {
            // those who wait come back in turn, not all for the same permits
            var wait = permits.RetryAfter + channel.Limit.Window * (rank / channel.Limit.Permits);
            var reason = $"The limit of {channel.Limit.Permits} messages in {channel.Limit.Window.TotalSeconds} s is reached.";
            Decide(send, new SendResult.Deferred(reason, wait), timeProvider.GetTimestamp());
        }
    }

    private async ValueTask SendAsync(Send send, IChannel channel, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            Decide(send, new SendResult.Deferred("The process ends.", TimeSpan.Zero), timeProvider.GetTimestamp());
            return;
        }

        Activity.Current = send.Delivery.Activity;
        var (notification, begun) = (send.Notification, timeProvider.GetTimestamp());
        try
        {
            var message = new ChannelMessage(
                notification.Id, notification.UserId, notification.Recipient, VisibleOf(notification.Body), notification.DueAt,
                notification.Content, notification.RecipientId, send.Delivery.Job.Priority);
            Decide(send, await channel.SendAsync(message, cancellationToken), begun);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // stays undecided: it may have been sent
        }
        catch (Exception exception)
        {
            // an error of ours, after or before it was sent: nobody knows
            Log.Unexpected(logger, exception, notification.Id, channel.Definition.Name);
            Decide(send, new ProviderFailure(FailureKind.UnknownOutcome, $"The send failed unexpectedly: {LoggedException.Reason(exception)}"), begun);
        }
    }

    // providers refuse a text of which nothing can be seen; one that is not kept any more (empty) is not sent at all
    private static string VisibleOf(string body) => body.Length > 0 && FoldedText.IsBlank(body) ? NotificationStore.WithoutText : body;

    private void DeferAll(IReadOnlyList<Send> sends, string reason, TimeSpan wait)
    {
        foreach (var send in sends)
            Decide(send, new SendResult.Deferred(reason, wait), timeProvider.GetTimestamp());
    }

    private void Decide(Send send, SendResult result, long begun)
    {
        send.Took = timeProvider.GetElapsedTime(begun);
        send.BegunAt = timeProvider.GetUtcNow() - send.Took;
        send.Reason = result.Logged;
        send.Decision = SendDecision.For(result, send.Delivery.IsLastAttempt, _inDoubt);
        metrics.Sent(send);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "The send of notification {NotificationId} over {Channel} failed unexpectedly; whether it went out is not known")]
        public static partial void Unexpected(ILogger logger, Exception exception, Guid notificationId, string channel);

        [LoggerMessage(Level = LogLevel.Error, Message = "The limit of {Channel} cannot be asked: {Count} sends wait")]
        public static partial void NoPermits(ILogger logger, Exception exception, string channel, int count);

        [LoggerMessage(Level = LogLevel.Error, Message = "It cannot be read what recipients want: {Count} sends wait")]
        public static partial void NotChecked(ILogger logger, Exception exception, int count);
    }
}

/// <summary>One claimed notification on its way.</summary>
internal sealed class Send(int index, JobDelivery<SendNotification> delivery, ClaimedNotification notification)
{
    /// <summary>Its place in the batch.</summary>
    public int Index => index;

    public JobDelivery<SendNotification> Delivery => delivery;

    public ClaimedNotification Notification => notification;

    public DateTimeOffset BegunAt { get; set; }

    public TimeSpan Took { get; set; }

    /// <summary>Why it was not sent, for a log.</summary>
    public Redacted Reason { get; set; }

    /// <summary>Null until it is decided; for good, if the process was told to end before an answer came.</summary>
    public SendDecision? Decision { get; set; }
}
