namespace Switchboard.Core.Redis.Locks;

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
