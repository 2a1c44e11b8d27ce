using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Notifications.Inbox;
using Switchboard.Core.Redis;

namespace Switchboard.Edge.Api.Notifications.Inbox;

/// <summary>
/// Who watches an inbox over this process, and wakes them when something has arrived there: by the signals of Redis, and while these
/// cannot be heard by looking for new rows, for all inboxes in one statement. A watcher that is woken reads rows; nothing is queued for it.
/// <para>Metric: <c>switchboard.inbox.watchers</c> of the meter <c>Switchboard.Inbox</c>.</para>
/// </summary>
internal sealed class InboxWatchers : ResilientLoop
{
    // Positions are given before they are committed: what was read before is looked at again for so long.
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    private readonly RedisConnection _redis;
    private readonly InboxStore _store;
    private readonly InboxOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, HashSet<InboxWatcher>> _ofRecipient = [];
    private readonly Dictionary<Guid, int> _ofUser = [];
    private readonly Queue<(long At, long Position)> _looks = new();

    public InboxWatchers(
        RedisConnection redis, InboxStore store, IOptions<InboxOptions> options, TimeProvider timeProvider, IMeterFactory meters,
        ILogger<InboxWatchers> logger)
        : base(timeProvider, logger)
    {
        (_redis, _store, _options) = (redis, store, options.Value);
        redis.ListenToInboxes(Wake);
        redis.Returned += WakeAll;
        meters.Create("Switchboard.Inbox").CreateObservableGauge("switchboard.inbox.watchers", Count, description: "Connections that watch an inbox");
    }

    /// <summary>Watches an inbox until it is disposed of; null when there are as many watchers as there may be.</summary>
    public InboxWatcher? TryWatch(InboxOwner owner)
    {
        lock (_gate)
        {
            var (user, recipient) = (_ofUser.GetValueOrDefault(owner.UserId), _ofRecipient.GetValueOrDefault(owner.RecipientId));
            if (user >= _options.MaxWatchersPerUser || recipient?.Count >= _options.MaxWatchersPerRecipient)
                return null;
            var watcher = new InboxWatcher(this, owner);
            _ofUser[owner.UserId] = user + 1;
            if (recipient is null)
                _ofRecipient.Add(owner.RecipientId, recipient = []);
            recipient.Add(watcher);
            return watcher;
        }
    }

    /// <summary>It watches no more.</summary>
    public void Remove(InboxWatcher watcher)
    {
        lock (_gate)
        {
            if (!_ofRecipient.TryGetValue(watcher.Owner.RecipientId, out var recipient) || !recipient.Remove(watcher))
                return;
            if (recipient.Count == 0)
                _ofRecipient.Remove(watcher.Owner.RecipientId);
            if (--_ofUser[watcher.Owner.UserId] == 0)
                _ofUser.Remove(watcher.Owner.UserId);
        }
    }

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        var every = TimeSpan.FromMilliseconds(_options.PollMs);
        if (_redis.IsHearing || Count() == 0)
        {
            _looks.Clear();
            return every;
        }

        var now = TimeProvider.GetTimestamp();
        var last = await _store.LastPositionAsync(cancellationToken);
        if (_looks.Count == 0)
            WakeAll(); // whatever was missed until this moment
        else if (last > _looks.Peek().Position)
            foreach (var recipient in await _store.RecipientsAsync(_looks.Peek().Position, cancellationToken))
                Wake(recipient);
        _looks.Enqueue((now, last));
        while (_looks.Count > 1 && TimeProvider.GetElapsedTime(_looks.Peek().At, now) > Overlap)
            _looks.Dequeue();
        return every;
    }

    private int Count()
    {
        lock (_gate)
            return _ofUser.Values.Sum();
    }

    private void Wake(Guid recipientId)
    {
        lock (_gate)
        {
            foreach (var watcher in _ofRecipient.GetValueOrDefault(recipientId) ?? [])
                watcher.Wake();
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            foreach (var watcher in _ofRecipient.Values.SelectMany(watchers => watchers))
                watcher.Wake();
        }
    }
}

/// <summary>One connection that watches an inbox.</summary>
/// <param name="watchers">Those of the process.</param>
/// <param name="owner">Whose inbox.</param>
internal sealed class InboxWatcher(InboxWatchers watchers, InboxOwner owner) : IDisposable
{
    private readonly SemaphoreSlim _woken = new(0, 1);

    public InboxOwner Owner => owner;

    /// <summary>Something may have arrived; called by one thread at a time.</summary>
    public void Wake()
    {
        if (_woken.CurrentCount == 0)
            _woken.Release();
    }

    /// <summary>Waits until something may have arrived; false when nothing has for so long.</summary>
    public Task<bool> WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _woken.WaitAsync(longest, cancellationToken);

    public void Dispose()
    {
        watchers.Remove(this);
        _woken.Dispose();
    }
}
