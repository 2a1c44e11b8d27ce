using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Switchboard.Core.Redis;

/// <summary>
/// What this process listens to, and whether it certainly receives it: a heartbeat that was published after all subscriptions were made
/// and comes back on the last of them proves that all messages published before it have arrived. The client subscribes again by itself
/// after a lost connection; what was published meanwhile is missed.
/// </summary>
/// <param name="echo">The channel of the heartbeats.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="onProof">Called with each heartbeat that proves it; must be quick.</param>
internal sealed class RedisSubscriptions(string echo, TimeProvider timeProvider, Action onProof)
{
    private readonly ConcurrentDictionary<string, Action<RedisValue>> _listeners = new();
    private readonly Lock _state = new();
    private bool _missedMessages = true;
    private int _version;
    private int _subscribedVersion = -1;
    private long _provesFrom = long.MaxValue;
    private long _heardAt = long.MinValue;

    /// <summary>Raised before the first proof after messages may have been missed.</summary>
    public event Action? Returned;

    /// <summary>Adds a listener, which receives messages from when the next heartbeat has come back.</summary>
    public void Add(string channel, Action<RedisValue> receive)
    {
        if (!_listeners.TryAdd(channel, receive))
            throw new InvalidOperationException($"The channel '{channel}' is listened to already.");
        lock (_state)
        {
            _version++;
            _missedMessages = true;
            _provesFrom = long.MaxValue;
            Volatile.Write(ref _heardAt, long.MinValue);
        }
    }

    /// <summary>Whether everything that was published until so long ago has certainly arrived.</summary>
    public bool IsHearing(TimeSpan trust) =>
        Volatile.Read(ref _heardAt) is > long.MinValue and var heardAt && timeProvider.GetElapsedTime(heardAt) <= trust;

    /// <summary>Subscribes if a listener came, or if the server forgot the subscriptions.</summary>
    public async Task EnsureAsync(ISubscriber subscriber)
    {
        var version = Volatile.Read(ref _version);
        if (Volatile.Read(ref _subscribedVersion) == version)
            return;
        // undone first, or a handler would be called twice
        await subscriber.UnsubscribeAllAsync(CommandFlags.None);
        foreach (var (channel, receive) in _listeners)
            await subscriber.SubscribeAsync(Literal(channel), (_, message) => receive(message), CommandFlags.None);
        await subscriber.SubscribeAsync(Literal(echo), (_, sentAt) => Hear((long)sentAt), CommandFlags.None);
        lock (_state)
        {
            Volatile.Write(ref _subscribedVersion, version);
            if (version != _version)
                return;
            _missedMessages = true;
            _provesFrom = timeProvider.GetTimestamp();
        }
    }

    /// <summary>The server does not know the subscriptions any more.</summary>
    public void Forget() => Volatile.Write(ref _subscribedVersion, -1);

    /// <summary>From now on messages may have been missed, and no heartbeat sent before proves anything.</summary>
    public void MissMessages()
    {
        lock (_state)
        {
            _missedMessages = true;
            // not when a listener waits for its subscription: then no heartbeat proves anything yet
            if (_provesFrom != long.MaxValue)
                _provesFrom = timeProvider.GetTimestamp();
        }
    }

    private static RedisChannel Literal(string name) => new(name, RedisChannel.PatternMode.Literal);

    private void Hear(long sentAt)
    {
        lock (_state)
        {
            if (sentAt < _provesFrom)
                return;
            if (_missedMessages)
            {
                _missedMessages = false;
                Returned?.Invoke();
            }

            Volatile.Write(ref _heardAt, Math.Max(_heardAt, sentAt));
            onProof();
        }
    }
}
