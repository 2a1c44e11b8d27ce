using System.Globalization;
using StackExchange.Redis;

namespace Switchboard.Core.Redis.Limits;

/// <summary>The permits that wait in Redis; see <see cref="PermitPoolScripts"/>.</summary>
internal sealed class PermitPool(RedisConnection redis)
{
    /// <summary>Takes up to so many permits, if at least as many as are needed are there.</summary>
    public async Task<PoolAnswer> TakeAsync(string key, RateLimit limit, int wanted, int needed, CancellationToken cancellation)
    {
        var reply = await redis.RunAsync(
            PermitPoolScripts.Take, [KeyOf(key, limit)], [wanted, needed, LeasePlan.LeastUse(limit).Micros()], cancellation);
        if (!reply.Answered)
            return default;
        var answer = (RedisValue[])reply.Value!;
        var granted = (int)answer[0];
        return new(true, granted, granted > 0 ? (long)answer[1] : 0, (long)answer[2], (long)answer[3], (string)answer[4]!);
    }

    /// <summary>Puts permits there that were recorded after <paramref name="asked"/> was answered.</summary>
    /// <returns>False if they are certainly not there. When Redis doesn't answer they may be.</returns>
    public async Task<bool> AddAsync(string key, RateLimit limit, PoolAnswer asked, long lease, int permits, CancellationToken cancellation)
    {
        // counted from a moment of Redis's clock before Postgres gave them: however late this arrives, they end in time
        var ends = asked.Now + LeasePlan.Use(limit).Micros();
        var reply = await redis.RunAsync(
            PermitPoolScripts.Add,
            [KeyOf(key, limit)],
            [asked.Run, lease.ToString(CultureInfo.InvariantCulture), permits, ends, (LeasePlan.Life(limit) * 4).Micros() + 1_000_000],
            cancellation);
        return !reply.Answered || (long)reply.Value! == 1;
    }

    /// <summary>Takes out what nobody got.</summary>
    /// <returns>How many; 0 too when nobody knows.</returns>
    public async Task<int> CloseAsync(string key, RateLimit limit, long lease, CancellationToken cancellation)
    {
        var reply = await redis.RunAsync(
            PermitPoolScripts.Close, [KeyOf(key, limit)], [lease.ToString(CultureInfo.InvariantCulture)], cancellation);
        return reply.Answered ? (int)(long)reply.Value! : 0;
    }

    private RedisKey KeyOf(string key, RateLimit limit) => $"{redis.KeyPrefix}permits:{key}:{limit.Permits}:{limit.Window.Micros()}";
}
