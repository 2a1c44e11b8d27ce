using StackExchange.Redis;

namespace Switchboard.Core.Redis.Limits;

/// <summary>What Redis answered to a request for a slot, or to hold it for longer.</summary>
/// <param name="Answered">False while Redis is unavailable.</param>
/// <param name="HeldMicros">For how long it is held, from before it was asked; 0 if it is not.</param>
/// <param name="PoolMicros">For how long Redis may still give slots on.</param>
/// <param name="PoolSlots">How many it may.</param>
/// <param name="Now">Redis's time, in microseconds.</param>
/// <param name="Run">Which run of the server answered.</param>
internal readonly record struct SlotAnswer(bool Answered, long HeldMicros, long PoolMicros, int PoolSlots, long Now, string Run);

/// <summary>The slots in Redis; see <see cref="SlotScripts"/>.</summary>
internal sealed class SlotPool(RedisConnection redis)
{
    public Task<SlotAnswer> TakeAsync(string key, string token, long micros, long least, CancellationToken cancellationToken) =>
        AskAsync(SlotScripts.Take, key, cancellationToken, token, micros, least);

    public Task<SlotAnswer> RenewAsync(string key, string token, long micros, CancellationToken cancellationToken) =>
        AskAsync(SlotScripts.Renew, key, cancellationToken, token, micros);

    public Task ReleaseAsync(string key, string token) =>
        redis.RunAsync(SlotScripts.Release, [KeyOf(key)], [token], CancellationToken.None);

    public async Task<bool> OpenAsync(string key, string run, long ends, int slots, CancellationToken cancellationToken)
    {
        var reply = await redis.RunAsync(SlotScripts.Open, [KeyOf(key)], [run, ends, slots], cancellationToken);
        return reply.Answered && (long)reply.Value! == 1;
    }

    private async Task<SlotAnswer> AskAsync(string script, string key, CancellationToken cancellationToken, params RedisValue[] arguments)
    {
        var reply = await redis.RunAsync(script, [KeyOf(key)], arguments, cancellationToken);
        if (!reply.Answered)
            return default;
        var answer = (RedisValue[])reply.Value!;
        return new(true, (long)answer[0], (long)answer[1], (int)answer[2], (long)answer[3], (string)answer[4]!);
    }

    private RedisKey KeyOf(string key) => $"{redis.KeyPrefix}slots:{key}";
}

/// <summary>
/// Slots of concurrent calls that Postgres lets this run of Redis give on, until a moment of Redis's clock. The state is one string,
/// packed: the run, the end (µs), how many slots, then token and end of each that is taken. What another run held is dropped.
/// </summary>
internal static class SlotScripts
{
    private const string Head = """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
        local state = redis.call('GET', KEYS[1])
        local pool = state and cmsgpack.unpack(state) or {run, 0, 0}
        if pool[1] ~= run or pool[2] <= now then pool = {run, 0, 0} end
        local kept = {pool[1], pool[2], pool[3]}
        for i = 4, #pool, 2 do
            if pool[i + 1] > now then
                kept[#kept + 1], kept[#kept + 2] = pool[i], pool[i + 1]
            end
        end
        pool = kept
        local function keep()
            redis.call('SET', KEYS[1], cmsgpack.pack(pool), 'PX', math.ceil((pool[2] - now) / 1000) + 1)
        end

        """;

    /// <summary>Keys: the pool. Arguments: token, µs to hold it, the least µs that it must be held.
    /// Answers: µs that it is held (0: not taken), µs that the pool still lasts, its slots, Redis's time in µs, its run.</summary>
    public const string Take = Head + """
        local held = 0
        if (#pool - 3) / 2 < pool[3] and pool[2] - now >= tonumber(ARGV[3]) then
            held = math.min(tonumber(ARGV[2]), pool[2] - now)
            pool[#pool + 1], pool[#pool + 2] = ARGV[1], now + held
            keep()
        end
        return {held, math.max(0, pool[2] - now), pool[3], now, run}
        """;

    /// <summary>Keys: the pool. Arguments: token, µs to hold it from now on. Answers as Take does; held is 0 if it was lost.</summary>
    public const string Renew = Head + """
        local held = 0
        for i = 4, #pool, 2 do
            if pool[i] == ARGV[1] then
                held = math.min(tonumber(ARGV[2]), pool[2] - now)
                pool[i + 1] = now + held
                keep()
            end
        end
        return {held, math.max(0, pool[2] - now), pool[3], now, run}
        """;

    /// <summary>Keys: the pool. Arguments: token.</summary>
    public const string Release = Head + """
        for i = 4, #pool, 2 do
            if pool[i] == ARGV[1] then
                table.remove(pool, i)
                table.remove(pool, i)
                keep()
                return 1
            end
        end
        return 0
        """;

    /// <summary>Keys: the pool. Arguments: the run that was asked, the end in µs of Redis's clock, how many slots.
    /// Answers 0 if this is another run, or too late.
    /// While it lasts its slots only grow in Postgres: the larger number is the later one.</summary>
    public const string Open = Head + """
        local ends, slots = tonumber(ARGV[2]), tonumber(ARGV[3])
        if run ~= ARGV[1] or ends <= now then return 0 end
        pool[2], pool[3] = math.max(pool[2], ends), math.max(pool[3], slots)
        keep()
        return 1
        """;
}
