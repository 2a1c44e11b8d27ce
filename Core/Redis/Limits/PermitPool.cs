using System.Globalization;
using StackExchange.Redis;

namespace Switchboard.Core.Redis.Limits;

/// <summary>What Redis answered to a request for permits.</summary>
/// <param name="Answered">False while Redis is unavailable.</param>
/// <param name="Granted">How many it had; 0 if fewer than were needed.</param>
/// <param name="Lease">The row in Postgres that counts them.</param>
/// <param name="UsableMicros">For how long they may be used, from before it was asked.</param>
/// <param name="Now">Redis's time, in microseconds.</param>
/// <param name="Run">Which run of the server answered.</param>
internal readonly record struct PoolAnswer(bool Answered, int Granted, long Lease, long UsableMicros, long Now, string Run);

/// <summary>The permits that wait in Redis; see <see cref="PermitPoolScripts"/>.</summary>
internal sealed class PermitPool(RedisConnection redis)
{
    /// <summary>Takes up to so many permits, if at least as many as are needed are there.</summary>
    public async Task<PoolAnswer> TakeAsync(string key, RateLimit limit, int wanted, int needed, CancellationToken cancellationToken)
    {
        var reply = await redis.RunAsync(
            PermitPoolScripts.Take, [KeyOf(key, limit)], [wanted, needed, LeasePlan.LeastUse(limit).Micros()], cancellationToken);
        if (!reply.Answered)
            return default;
        var answer = (RedisValue[])reply.Value!;
        var granted = (int)answer[0];
        return new(true, granted, granted > 0 ? (long)answer[1] : 0, (long)answer[2], (long)answer[3], (string)answer[4]!);
    }

    /// <summary>Puts permits there that were recorded after <paramref name="asked"/> was answered.</summary>
    /// <returns>False if they are certainly not there. When Redis doesn't answer they may be.</returns>
    public async Task<bool> AddAsync(
        string key, RateLimit limit, PoolAnswer asked, long lease, int permits, CancellationToken cancellationToken)
    {
        // counted from a moment of Redis's clock before Postgres gave them: however late this arrives, they end in time
        var ends = asked.Now + LeasePlan.Use(limit).Micros();
        var reply = await redis.RunAsync(
            PermitPoolScripts.Add,
            [KeyOf(key, limit)],
            [asked.Run, lease.ToString(CultureInfo.InvariantCulture), permits, ends, (LeasePlan.Life(limit) * 4).Micros() + 1_000_000],
            cancellationToken);
        return !reply.Answered || (long)reply.Value! == 1;
    }

    /// <summary>Takes out what was not granted.</summary>
    /// <returns>How many; 0 too when it is unknown.</returns>
    public async Task<int> CloseAsync(string key, RateLimit limit, long lease, CancellationToken cancellationToken)
    {
        var reply = await redis.RunAsync(
            PermitPoolScripts.Close, [KeyOf(key, limit)], [lease.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        return reply.Answered ? (int)(long)reply.Value! : 0;
    }

    private RedisKey KeyOf(string key, RateLimit limit) => $"{redis.KeyPrefix}permits:{key}:{limit.Permits}:{limit.Window.Micros()}";
}

/// <summary>
/// Permits that were recorded in Postgres and wait in Redis for a process. The state is one string, packed: the run of the server
/// that holds them, then id, permits and end (µs of Redis's clock) of each lease. A server that was restarted may remember more permits
/// than it still had, so what another run held is dropped: Postgres counts it until its window has passed.
/// </summary>
internal static class PermitPoolScripts
{
    private const string Head = """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
        local state = redis.call('GET', KEYS[1])
        local pool = state and cmsgpack.unpack(state) or {run}
        if pool[1] ~= run then pool = {run} end

        """;

    /// <summary>Keys: the pool. Arguments: permits wanted, permits needed, the least µs that they must be usable.
    /// Answers: granted, lease, µs that they may be used, Redis's time in µs, its run.</summary>
    public const string Take = Head + """
        local wanted, needed, least = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
        for i = 2, #pool, 3 do
            local left, ends = pool[i + 1], pool[i + 2]
            if left >= needed and ends - now > least then
                local granted = math.min(left, wanted)
                local id = pool[i]
                if left > granted then
                    pool[i + 1] = left - granted
                else
                    for _ = 1, 3 do table.remove(pool, i) end
                end
                redis.call('SET', KEYS[1], cmsgpack.pack(pool), 'KEEPTTL')
                return {granted, id, ends - now, now, run}
            end
        end
        return {0, '', 0, now, run}
        """;

    /// <summary>Keys: the pool.
    /// Arguments: the run that was asked, lease, permits, the end in µs of Redis's clock, µs to remember the pool.
    /// Answers 1; or 0 if this is another run or the lease has ended.</summary>
    public const string Add = Head + """
        local ends = tonumber(ARGV[4])
        if run ~= ARGV[1] or ends <= now then return 0 end
        pool[#pool + 1], pool[#pool + 2], pool[#pool + 3] = ARGV[2], tonumber(ARGV[3]), ends
        redis.call('SET', KEYS[1], cmsgpack.pack(pool), 'PX', math.ceil(ARGV[5] / 1000))
        return 1
        """;

    /// <summary>Keys: the pool. Arguments: lease. Takes it out of the pool and answers how many permits were not granted.</summary>
    public const string Close = Head + """
        for i = 2, #pool, 3 do
            if pool[i] == ARGV[1] then
                local left = pool[i + 1]
                for _ = 1, 3 do table.remove(pool, i) end
                if #pool > 1 then
                    redis.call('SET', KEYS[1], cmsgpack.pack(pool), 'KEEPTTL')
                else
                    redis.call('DEL', KEYS[1])
                end
                return left
            end
        end
        return 0
        """;
}
