namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// The writes to Redis, each atomic. An entry is one string: its end (Unix ms), the number of its tags, each tag and that tag's
/// stamp, a line each, then the payload. A stamp is the server's time of the last invalidation, kept beside the entries: one for
/// each tag invalidated in the last 24 h, one for each key in the last 10 min. An entry is valid while the stamps of
/// its tags are those it carries; a load is stored only if no stamp changed since it began.
/// </summary>
internal static class CacheScripts
{
    /// <summary>Stores what was loaded. Keys: entry, stamp of the key, stamp of each tag.
    /// Arguments: life in ms, end, payload, expected stamp of the key, then tag and expected stamp for each tag.
    /// Answers 0 if an invalidation overtook the load.</summary>
    public const string StoreLoaded = """
        if (redis.call('GET', KEYS[2]) or '') ~= ARGV[4] then return 0 end
        local head = {ARGV[2], tostring(#KEYS - 2)}
        for i = 3, #KEYS do
            local at = 2 * i - 1
            if (redis.call('GET', KEYS[i]) or '') ~= ARGV[at + 1] then return 0 end
            head[#head + 1], head[#head + 2] = ARGV[at], ARGV[at + 1]
        end
        redis.call('SET', KEYS[1], table.concat(head, '\n') .. '\n' .. ARGV[3], 'PX', ARGV[1])
        return 1
        """;

    /// <summary>Stores what was set, and tells the other processes. Keys as above.
    /// Arguments: life in ms, end, payload, life of the key's stamp in ms, channel, message, then each tag.</summary>
    public const string Set = """
        local clock = redis.call('TIME')
        redis.call('SET', KEYS[2], clock[1] .. '.' .. clock[2], 'PX', ARGV[4])
        local head = {ARGV[2], tostring(#KEYS - 2)}
        for i = 3, #KEYS do
            head[#head + 1], head[#head + 2] = ARGV[i + 4], redis.call('GET', KEYS[i]) or ''
        end
        redis.call('SET', KEYS[1], table.concat(head, '\n') .. '\n' .. ARGV[3], 'PX', ARGV[1])
        redis.call('PUBLISH', ARGV[5], ARGV[6])
        return 1
        """;

    /// <summary>Invalidates a key or a tag, and tells the other processes. Keys: its stamp, then the entry if it is a key.
    /// Arguments: life of the stamp in ms, channel, message.</summary>
    public const string Invalidate = """
        local clock = redis.call('TIME')
        redis.call('SET', KEYS[1], clock[1] .. '.' .. clock[2], 'PX', ARGV[1])
        if KEYS[2] then redis.call('DEL', KEYS[2]) end
        redis.call('PUBLISH', ARGV[2], ARGV[3])
        return 1
        """;
}
