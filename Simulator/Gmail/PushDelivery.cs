using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Edge;

namespace Switchboard.Simulator.Gmail;

/// <summary>
/// Delivers pushes as Pub/Sub does: at least once, again with backoff until 102, 200, 201, 202 or 204.
/// A mailbox has one push on its way; what changes meanwhile goes together into the next.
/// </summary>
internal sealed partial class PushDelivery(
    EdgeClient edge, PushKey key, IOptions<GmailOptions> options, TimeProvider time, ILogger<PushDelivery> log) : BackgroundService
{
    private const int Concurrency = 16;
    private readonly Channel<PendingPush> _mailboxes = Channel.CreateUnbounded<PendingPush>();
    private readonly ConcurrentDictionary<Mailbox, PendingPush> _pending = new();
    private long _lastMessageId = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    /// <summary>The push that was sent last; null before the first.</summary>
    public Push? Last { get; private set; }

    /// <summary>A mailbox has changed.</summary>
    public void Notify(Mailbox mailbox)
    {
        var now = time.GetUtcNow();
        if (mailbox.IsStopped || (options.Value.RequireWatch && !(mailbox.WatchedUntil > now)))
        {
            return;
        }

        var pending = _pending.GetOrAdd(mailbox, static changed => new PendingPush(changed));
        if (pending.Offer(now, options.Value.OnePushPerSecond ? TimeSpan.FromSeconds(1) : TimeSpan.Zero))
        {
            _mailboxes.Writer.TryWrite(pending);
        }
    }

    /// <summary>Sends the last push once more, once.</summary>
    /// <returns>What the edge answered; null when it did not.</returns>
    public Task<HttpStatusCode?> RepeatAsync(Push push, CancellationToken cancellation) => SendAsync(push, cancellation);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _mailboxes.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = stoppingToken },
        DeliverAsync);

    private async ValueTask DeliverAsync(PendingPush pending, CancellationToken stopping)
    {
        while (pending.Take())
        {
            var push = new Push(Interlocked.Increment(ref _lastMessageId), pending.Mailbox.Address, pending.Mailbox.HistoryId, time.GetUtcNow());
            Last = push;
            for (var failures = 1; !IsAcknowledged(await SendAsync(push, stopping)); failures++)
            {
                await Task.Delay(Redelivery.After(failures), time, stopping);
            }
        }
    }

    private async Task<HttpStatusCode?> SendAsync(Push push, CancellationToken cancellation)
    {
        using var request = push.ToRequest(key.Token());
        var status = await edge.PostAsync(request, cancellation);
        if (!IsAcknowledged(status))
        {
            Log.NotAcknowledged(log, push.MessageId, push.Address, (int?)status);
        }

        return status;
    }

    private static bool IsAcknowledged(HttpStatusCode? status) => (int?)status is 102 or 200 or 201 or 202 or 204;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Push {MessageId} for {Address} was not acknowledged: {Status}")]
        public static partial void NotAcknowledged(ILogger logger, long messageId, string address, int? status);
    }
}
