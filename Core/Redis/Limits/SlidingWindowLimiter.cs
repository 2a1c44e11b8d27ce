using System.Globalization;
using StackExchange.Redis;

namespace Switchboard.Core.Redis.Limits;

/// <summary>
/// A rate limiter that all processes share, in Redis and by Redis's clock; see <see cref="SlidingWindow"/> for how it counts.
/// While Redis is unavailable each process counts for itself, from nothing: then the limit holds for each process, not for all together,
/// and the provider's own 429 is what remains above it.
/// </summary>
public sealed class SlidingWindowLimiter
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly RedisConnection _redis;
    private readonly LocalWindows _local;
    private readonly TimeProvider _timeProvider;

    /// <summary>Made by the container.</summary>
    public SlidingWindowLimiter(RedisConnection redis, TimeProvider timeProvider)
    {
        _redis = redis;
        _local = new LocalWindows(timeProvider);
        _timeProvider = timeProvider;
    }

    /// <summary>Takes all the permits or none.</summary>
    /// <param name="key">What is limited: <c>whatsapp:15550000000</c>.</param>
    /// <param name="limit">The limit; part of what is counted, so a changed limit counts from nothing.</param>
    /// <param name="permits">How many, at most the limit's.</param>
    /// <param name="cancellationToken">Ends the wait; the permits may be taken.</param>
    public Task<RateLimitResult> AcquireAsync(string key, RateLimit limit, int permits, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, limit.Permits);
        return AcquireAsync(key, limit, permits, partial: false, markKey: null, cancellationToken);
    }

    /// <summary>Takes a permit for something that may come again: it takes one within a window, however often it comes, and is allowed.
    /// While Redis is unavailable nobody knows what came before.</summary>
    /// <param name="key">What is limited.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="markKey">The key in Redis, by which it is known again.</param>
    /// <param name="cancellationToken">Ends the wait; the permit may be taken.</param>
    public Task<RateLimitResult> AcquireOnceAsync(string key, RateLimit limit, RedisKey markKey, CancellationToken cancellationToken) =>
        AcquireAsync(key, limit, 1, partial: false, markKey, cancellationToken);

    /// <summary>Takes as many of the permits as are left; see <see cref="RateLimitResult.Granted"/>.</summary>
    /// <param name="key">What is limited.</param>
    /// <param name="limit">The limit.</param>
    /// <param name="permits">How many are wanted.</param>
    /// <param name="cancellationToken">Ends the wait; the permits may be taken.</param>
    public Task<RateLimitResult> AcquireUpToAsync(string key, RateLimit limit, int permits, CancellationToken cancellationToken) =>
        AcquireAsync(key, limit, permits, partial: true, markKey: null, cancellationToken);

    /// <summary>Takes as many as are left of what a user has of something on this day of UTC.</summary>
    /// <param name="what">What there is a quota of.</param>
    /// <param name="userId">The user.</param>
    /// <param name="perDay">How many there are a day.</param>
    /// <param name="wanted">How many are wanted.</param>
    /// <param name="cancellationToken">Ends the wait; some may be taken.</param>
    /// <returns>How many were taken, from none to all.</returns>
    public async Task<int> TakeOfDayAsync(string what, Guid userId, int perDay, int wanted, CancellationToken cancellationToken)
    {
        // the window is as long as the day, and the day is in the key: nothing comes back before midnight, and all does then
        var key = string.Create(CultureInfo.InvariantCulture, $"quota:{what}:{userId}:{_timeProvider.GetUtcNow():yyyy-MM-dd}");
        return (await AcquireUpToAsync(key, new(perDay, Day), wanted, cancellationToken)).Granted;
    }

    private async Task<RateLimitResult> AcquireAsync(
        string key, RateLimit limit, int permits, bool partial, RedisKey? markKey, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        var window = (long)limit.Window.TotalMicroseconds;
        RedisKey state = $"{_redis.KeyPrefix}limit:{key}:{limit.Permits}:{window}";
        var reply = await _redis.RunAsync(
            RateLimitScript.Text,
            markKey is { } mark ? [state, mark] : [state],
            [limit.Permits, window, permits, partial ? 1 : 0],
            cancellationToken);
        return reply.Answered ? Read((RedisValue[])reply.Value!) : _local.Acquire(key, limit, permits, partial);
    }

    private static RateLimitResult Read(RedisValue[] answer) => new(
        (int)answer[0] > 0,
        (int)answer[0],
        (int)answer[1],
        TimeSpan.FromMicroseconds((long)answer[2]),
        TimeSpan.FromMicroseconds((long)answer[3]));
}

/// <summary>
/// <see cref="SlidingWindow"/> in Redis: atomic, by the server's clock, in one round trip. The state is one string,
/// packed: first, last and count of each span, oldest first.
/// </summary>
internal static class RateLimitScript
{
    /// <summary>Keys: the state, and the mark of what takes its permits once. Arguments: permits of the limit, window in µs, permits asked, 1 if fewer may be granted.
    /// Answers: granted, remaining, µs until all are free, µs until what was refused can be granted.</summary>
    public const string Text = """
        local limit, window, asked = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        local partial = ARGV[4] == '1'
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local state = redis.call('GET', KEYS[1])
        local spans, kept, used = state and cmsgpack.unpack(state) or {}, {}, 0
        for i = 1, #spans, 3 do
            -- a clock set back must not keep permits away for longer than a window
            local last = math.min(spans[i + 1], now)
            if last + window > now then
                kept[#kept + 1], kept[#kept + 2], kept[#kept + 3] = math.min(spans[i], now), last, spans[i + 2]
                used = used + spans[i + 2]
            end
        end
        local free = math.max(0, limit - used)
        local marked = KEYS[2] and redis.call('EXISTS', KEYS[2]) == 1
        if marked then asked = 0 end
        local granted = asked <= free and asked or (partial and free or 0)
        local n = #kept
        if granted > 0 then
            if n == 0 or now - kept[n - 2] >= math.floor(window / 32) then
                kept[n + 1], kept[n + 2], kept[n + 3] = now, now, granted
            else
                kept[n - 1], kept[n] = now, kept[n] + granted
            end
            used = used + granted
            redis.call('SET', KEYS[1], cmsgpack.pack(kept), 'PX', math.ceil(window / 1000))
            if KEYS[2] then redis.call('SET', KEYS[2], 1, 'PX', math.ceil(window / 1000)) end
            n = #kept
        end
        local reset = n == 0 and 0 or kept[n - 1] + window - now
        local retry = 0
        if granted < asked then
            local needed = partial and 1 or asked
            free, retry = limit - used, reset
            for i = 1, n, 3 do
                free = free + kept[i + 2]
                if free >= needed then
                    retry = kept[i + 1] + window - now
                    break
                end
            end
        end
        return {marked and tonumber(ARGV[3]) or granted, math.max(0, limit - used), reset, retry}
        """;
}
