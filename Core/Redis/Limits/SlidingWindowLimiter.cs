using StackExchange.Redis;

namespace Switchboard.Core.Redis.Limits;

/// <summary>
/// A rate limiter that all processes share, in Redis and by Redis's clock; see <see cref="SlidingWindow"/> for how it counts.
/// While Redis is away each process counts for itself, from nothing: then the limit holds for each process, not for all together,
/// and the provider's own 429 is what remains above it.
/// </summary>
public sealed class SlidingWindowLimiter
{
    private readonly RedisConnection _redis;
    private readonly LocalWindows _local;

    /// <summary>Made by the container.</summary>
    public SlidingWindowLimiter(RedisConnection redis, TimeProvider time)
    {
        _redis = redis;
        _local = new LocalWindows(time);
    }

    /// <summary>Takes all the permits or none.</summary>
    /// <param name="key">What is limited: <c>whatsapp:15550000000</c>.</param>
    /// <param name="limit">The limit; part of what is counted, so a changed limit counts from nothing.</param>
    /// <param name="permits">How many, at most the limit's.</param>
    /// <param name="cancellation">Ends the wait; the permits may be taken.</param>
    public Task<RateLimitResult> AcquireAsync(string key, RateLimit limit, int permits, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, limit.Permits);
        return AcquireAsync(key, limit, permits, partial: false, cancellation);
    }

    /// <summary>Takes as many of the permits as are left; see <see cref="RateLimitResult.Granted"/>.</summary>
    /// <param name="key">What is limited.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="permits">How many are wanted.</param>
    /// <param name="cancellation">Ends the wait; the permits may be taken.</param>
    public Task<RateLimitResult> AcquireUpToAsync(string key, RateLimit limit, int permits, CancellationToken cancellation) =>
        AcquireAsync(key, limit, permits, partial: true, cancellation);

    private async Task<RateLimitResult> AcquireAsync(string key, RateLimit limit, int permits, bool partial, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        var window = (long)limit.Window.TotalMicroseconds;
        var reply = await _redis.RunAsync(
            RateLimitScript.Text,
            [$"{_redis.KeyPrefix}limit:{key}:{limit.Permits}:{window}"],
            [limit.Permits, window, permits, partial ? 1 : 0],
            cancellation);
        return reply.Answered ? Read((RedisValue[])reply.Value!) : _local.Acquire(key, limit, permits, partial);
    }

    private static RateLimitResult Read(RedisValue[] answer) => new(
        (int)answer[0] > 0,
        (int)answer[0],
        (int)answer[1],
        TimeSpan.FromMicroseconds((long)answer[2]),
        TimeSpan.FromMicroseconds((long)answer[3]));
}
