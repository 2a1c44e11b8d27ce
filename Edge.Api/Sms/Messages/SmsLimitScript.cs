namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary><see cref="SmsWindow"/> in Redis: atomic, by the server's clock, in one round trip. A sorted set of SIDs by the
/// microsecond in which each was counted.</summary>
internal static class SmsLimitScript
{
    /// <summary>Keys: the set. Arguments: limit, window in µs, SID, 1 if who refuses is to say what is counted.
    /// Answers: 1 if granted, µs until one more can be, then the SIDs that are counted.</summary>
    public const string Text = """
        local limit, window, sid = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - window)
        if redis.call('ZSCORE', KEYS[1], sid) then return {1, 0} end
        local counted = redis.call('ZCARD', KEYS[1])
        if counted < limit then
            redis.call('ZADD', KEYS[1], now, sid)
            redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
            return {1, 0}
        end
        -- of more than the limit, which a changed option leaves, so many must go first
        local leaving = redis.call('ZRANGE', KEYS[1], counted - limit, counted - limit, 'WITHSCORES')
        -- a clock set back must not refuse for longer than a window
        local answer = {0, math.min(leaving[2] + window - now, window)}
        if ARGV[4] == '1' then
            for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do answer[#answer + 1] = member end
        end
        return answer
        """;
}
