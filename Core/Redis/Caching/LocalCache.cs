using System.Collections.Concurrent;

namespace Switchboard.Core.Redis.Caching;

/// <summary>The cache's part in this process: the memory of each namespace, and what is being written to it.</summary>
internal sealed class LocalCache(CacheOptions options, RedisConnection redis, TimeProvider time)
{
    private readonly ConcurrentDictionary<CacheWrite, byte> _writes = new();

    public IReadOnlyDictionary<string, CacheSpace> Spaces { get; } =
        options.Namespaces.Values.ToDictionary(rules => rules.Name, rules => new CacheSpace(rules));

    public CacheSpace SpaceOf(string key) => Spaces[options.NamespaceOf(key).Name];

    /// <summary>From now on an invalidation reaches this write.</summary>
    public void Begin(CacheWrite write) => _writes.TryAdd(write, 0);

    public void End(CacheWrite write) => _writes.TryRemove(write, out _);

    /// <summary>Finds a value that is in its time and, if invalidations are not heard, young enough.</summary>
    public bool TryRead<T>(CacheSpace space, string key, out T? value)
    {
        value = default;
        if (!space.Memory.TryGet(key, out var entry))
            return false;
        var now = time.GetTimestamp();
        var isFresh = now < entry.ExpiresAt && (redis.IsHearing || time.GetElapsedTime(entry.AsOf, now) < CacheOptions.UnheardTtl);
        if (!isFresh)
            space.Memory.Remove(entry);
        if (!isFresh || entry.Value is not (T or null) || (entry.Value is null && default(T) is not null))
            return false;
        value = (T?)entry.Value;
        return true;
    }

    /// <summary>Stores a value, unless an invalidation overtook its write.</summary>
    public void Keep<T>(CacheSpace space, CacheWrite write, T value, TimeSpan life, string[]? tags = null)
    {
        var expiresAt = time.GetTimestamp() + (long)(life.TotalSeconds * time.TimestampFrequency);
        space.Counters.Evict(space.Memory.Store(new CacheEntry(write.Key, value, tags ?? write.Tags, write.AsOf, expiresAt), write));
    }

    public void Forget(CacheInvalidation what) => Forget(what, except: null);

    public void Forget(CacheInvalidation what, CacheWrite? except)
    {
        if (what is { IsTag: true, Name: CacheInvalidation.Everything })
        {
            ForgetEverything();
            return;
        }

        foreach (var write in _writes.Keys.Where(write => write != except && what.Concerns(write)))
            write.Invalidate();
        if (what.IsTag)
        {
            foreach (var space in Spaces.Values)
                space.Memory.RemoveTagged(what.Name);
        }
        else if (options.TryFindNamespace(what.Name, out var rules))
        {
            Spaces[rules.Name].Memory.Remove(what.Name);
        }
    }

    public void ForgetEverything()
    {
        foreach (var write in _writes.Keys)
            write.Invalidate();
        foreach (var space in Spaces.Values)
            space.Memory.Clear();
    }
}
