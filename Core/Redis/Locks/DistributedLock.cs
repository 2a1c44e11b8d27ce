using StackExchange.Redis;

namespace Switchboard.Core.Redis.Locks;

/// <summary>
/// A lock over all processes, in Redis (<c>SET key token NX PX</c>), that ends by itself when its owner dies. While Redis is away
/// it excludes within the process only: use it to save work, and a constraint in Postgres where two at once would be wrong.
/// </summary>
public sealed class DistributedLock
{
    private readonly RedisConnection _redis;
    private readonly TimeProvider _time;
    private readonly LocalLocks _local = new();

    /// <summary>Made by the container.</summary>
    public DistributedLock(RedisConnection redis, TimeProvider time)
    {
        _redis = redis;
        _time = time;
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="name">What is locked.</param>
    /// <param name="expiry">How long it holds without being renewed.</param>
    /// <param name="cancellation">Ends the try.</param>
    /// <returns>The held lock; null if another holds it.</returns>
    public Task<DistributedLockHandle?> TryAcquireAsync(string name, TimeSpan expiry, CancellationToken cancellation) =>
        TryAcquireAsync(name, expiry, renew: false, cancellation);

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="name">What is locked.</param>
    /// <param name="expiry">How long it holds without being renewed.</param>
    /// <param name="renew">Whether it renews itself, each third of the expiry, until it is released.</param>
    /// <param name="cancellation">Ends the try.</param>
    /// <returns>The held lock; null if another holds it.</returns>
    public async Task<DistributedLockHandle?> TryAcquireAsync(string name, TimeSpan expiry, bool renew, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(expiry, TimeSpan.Zero);
        var token = Guid.CreateVersion7(_time.GetUtcNow());
        if (!_local.TryTake(name, token))
            return null;
        var key = $"{_redis.KeyPrefix}lock:{name}";
        var begun = _time.GetTimestamp();
        var free = false;
        try
        {
            var reply = await _redis.AskAsync(
                "SET", database => database.StringSetAsync(key, token.ToString("N"), expiry, When.NotExists, CommandFlags.None), cancellation);
            free = !reply.Answered || reply.Value;
        }
        finally
        {
            if (!free)
                _local.Release(name, token);
        }

        return free ? new DistributedLockHandle(_redis, _time, _local, name, key, token, expiry, renew, begun) : null;
    }
}
