using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>Puts mails into mailboxes and sees to it that they are pushed.</summary>
internal sealed class Inbox(Mailboxes mailboxes, PushDelivery pushes, TimeProvider timeProvider)
{
    public IReadOnlyList<StoredMail> Receive(IReadOnlyList<NewMail> mails)
    {
        var now = timeProvider.GetUtcNow();
        var stored = mails.Select(mail => mailboxes.Get(mail.To!).Add(mail, now)).ToList();
        foreach (var mailbox in mails.Select(mail => mailboxes.Get(mail.To!)).Distinct())
        {
            pushes.Notify(mailbox);
        }

        return stored;
    }
}

/// <summary>
/// Delivers pushes as Pub/Sub does: at least once, again with backoff until 102, 200, 201, 202 or 204.
/// A mailbox has one push on its way; what changes meanwhile goes together into the next.
/// </summary>
internal sealed partial class PushDelivery(
    EdgeClient edge, PushKey key, IOptions<GmailOptions> options, TimeProvider timeProvider, ILogger<PushDelivery> logger)
        : BackgroundService
{
    private const int Concurrency = 16;
    private static readonly ActivitySource Source = new("Switchboard.Simulator");
    private readonly Channel<PendingPush> _mailboxes = Channel.CreateUnbounded<PendingPush>();
    private readonly ConcurrentDictionary<Mailbox, PendingPush> _pending = new();
    private long _lastMessageId = timeProvider.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    /// <summary>The push that was sent last; null before the first.</summary>
    public Push? Last { get; private set; }

    /// <summary>A mailbox has changed.</summary>
    public void Notify(Mailbox mailbox)
    {
        var now = timeProvider.GetUtcNow();
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
    public Task<HttpStatusCode?> RepeatAsync(Push push, CancellationToken cancellationToken) => SendAsync(push, cancellationToken);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _mailboxes.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = stoppingToken },
        DeliverAsync);

    private async ValueTask DeliverAsync(PendingPush pending, CancellationToken cancellationToken)
    {
        while (pending.Take(out var cause))
        {
            // the trace goes on where the mail was put into the mailbox
            using var activity = Source.StartActivity("push gmail", ActivityKind.Producer, cause);
            var push = new Push(Interlocked.Increment(ref _lastMessageId), pending.Mailbox.Address, pending.Mailbox.HistoryId,
                timeProvider.GetUtcNow());
            Last = push;
            for (var failures = 1; !IsAcknowledged(await SendAsync(push, cancellationToken)); failures++)
            {
                await Task.Delay(Redelivery.After(failures), timeProvider, cancellationToken);
            }
        }
    }

    private async Task<HttpStatusCode?> SendAsync(Push push, CancellationToken cancellationToken)
    {
        using var request = push.ToRequest(key.Token());
        var status = await edge.PostAsync(request, cancellationToken);
        if (!IsAcknowledged(status))
        {
            Log.NotAcknowledged(logger, push.MessageId, push.Address, (int?)status);
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

/// <summary>Whether a mailbox has something to push, and whether somebody is at it.</summary>
internal sealed class PendingPush(Mailbox mailbox)
{
    private readonly Lock _lock = new();
    private bool _isWanted;
    private bool _isBusy;
    private DateTimeOffset _lastOfferedAt;
    private ActivityContext _cause;

    public Mailbox Mailbox => mailbox;

    /// <summary>Asks for a push, unless the last one was asked for less than an interval ago.</summary>
    /// <returns>Whether the caller must see to it that somebody delivers.</returns>
    public bool Offer(DateTimeOffset now, TimeSpan interval)
    {
        lock (_lock)
        {
            if (now - _lastOfferedAt < interval)
            {
                return false;
            }

            (_lastOfferedAt, _isWanted) = (now, true);
            _cause = Activity.Current?.Context ?? default;
            return !_isBusy && (_isBusy = true);
        }
    }

    /// <summary>Takes the wish for a push; without one the deliverer is done.</summary>
    /// <param name="cause">The request that last asked for it.</param>
    public bool Take(out ActivityContext cause)
    {
        lock (_lock)
        {
            cause = _cause;
            _isBusy = _isWanted;
            _isWanted = false;
            return _isBusy;
        }
    }
}
