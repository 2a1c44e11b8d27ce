namespace Switchboard.Core.Redis.Limits;

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

    /// <summary>Keys: the pool. Arguments: the run that was asked, lease, permits, the end in µs of Redis's clock, µs to remember the pool.
    /// Answers 1; or 0 if this is another run or the lease has ended.</summary>
    public const string Add = Head + """
        local ends = tonumber(ARGV[4])
        if run ~= ARGV[1] or ends <= now then return 0 end
        pool[#pool + 1], pool[#pool + 2], pool[#pool + 3] = ARGV[2], tonumber(ARGV[3]), ends
        redis.call('SET', KEYS[1], cmsgpack.pack(pool), 'PX', math.ceil(ARGV[5] / 1000))
        return 1
        """;

    /// <summary>Keys: the pool. Arguments: lease. Takes it out of the pool and answers how many permits nobody got.</summary>
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
