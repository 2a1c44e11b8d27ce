using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Switchboard.Core.Redis.Locks;

/// <summary>
/// A lock over all processes, in Redis (<c>SET key token NX PX</c>), that ends by itself when its owner dies. While Redis is
/// unavailable it excludes within the process only: use it to save work, and a constraint in Postgres where two at once would be wrong.
/// </summary>
public sealed class DistributedLock
{
    private readonly RedisConnection _redis;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly LocalLocks _local = new();

    /// <summary>Made by the container.</summary>
    public DistributedLock(RedisConnection redis, TimeProvider timeProvider, ILogger<DistributedLock> logger)
    {
        _redis = redis;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="name">What is locked.</param>
    /// <param name="expiry">How long it holds without being renewed.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>The held lock; null if another holds it.</returns>
    public Task<DistributedLockHandle?> TryAcquireAsync(string name, TimeSpan expiry, CancellationToken cancellationToken) =>
        TryAcquireAsync(name, expiry, renew: false, cancellationToken);

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="name">What is locked.</param>
    /// <param name="expiry">How long it holds without being renewed.</param>
    /// <param name="renew">Whether it renews itself, each third of the expiry, until it is released.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>The held lock; null if another holds it.</returns>
    public async Task<DistributedLockHandle?> TryAcquireAsync(string name, TimeSpan expiry, bool renew, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiry, TimeSpan.Zero);
        var token = Guid.CreateVersion7(_timeProvider.GetUtcNow());
        if (!_local.TryTake(name, token))
            return null;
        var key = $"{_redis.KeyPrefix}lock:{name}";
        var begun = _timeProvider.GetTimestamp();
        var free = false;
        try
        {
            var reply = await _redis.AskAsync(
                database => database.StringSetAsync(key, token.ToString("N"), expiry, When.NotExists, CommandFlags.None),
                cancellationToken);
            free = !reply.Answered || reply.Value;
        }
        finally
        {
            if (!free)
                _local.Release(name, token);
        }

        return free ? new DistributedLockHandle(_redis, _timeProvider, _logger, _local, name, key, token, expiry, renew, begun) : null;
    }
}

/// <summary>The holder of each lock within this process. A lock that is held in Redis is held here too.</summary>
internal sealed class LocalLocks
{
    private readonly ConcurrentDictionary<string, Guid> _owners = new();

    public bool TryTake(string name, Guid owner) => _owners.TryAdd(name, owner);

    public void Release(string name, Guid owner) => _owners.TryRemove(new KeyValuePair<string, Guid>(name, owner));
}

internal static class LockScripts
{
    /// <summary>Keys: the lock. Arguments: token, expiry in ms. Only its owner prolongs it. Whoever asks before the expiry
    /// that was set and finds no lock knows that the server lost its data, and takes it again.</summary>
    public const string Renew = """
        local owner = redis.call('GET', KEYS[1])
        if owner and owner ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """;

    /// <summary>Keys: the lock. Arguments: token. Only its owner releases it.</summary>
    public const string Release = """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        """;
}
