using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Switchboard.Core.Redis.Caching;

/// <summary>The cache's part in this process: the memory of each namespace, and what is being written to it.</summary>
internal sealed class LocalCache(CacheOptions options, RedisConnection redis, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<CacheWrite, byte> _writes = new();

    public IReadOnlyDictionary<string, CacheSpace> Spaces { get; } =
        options.Namespaces.Values.ToDictionary(rules => rules.Name, rules => new CacheSpace(rules));

    public CacheSpace SpaceOf(string key) => Spaces[options.NamespaceOf(key).Name];

    /// <summary>From now on an invalidation reaches this write.</summary>
    public void Begin(CacheWrite write) => _writes.TryAdd(write, 0);

    public void End(CacheWrite write) => _writes.TryRemove(write, out _);

    /// <summary>Finds a value that is in its time and, if invalidations are not received, young enough.</summary>
    public bool TryRead<T>(CacheSpace space, string key, out T? value)
    {
        value = default;
        if (!space.Memory.TryGet(key, out var entry))
            return false;
        var now = timeProvider.GetTimestamp();
        var isFresh = now < entry.ExpiresAt
            && (redis.IsHearing || timeProvider.GetElapsedTime(entry.AsOf, now) < CacheOptions.UnverifiedTtl);
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
        var expiresAt = timeProvider.GetTimestamp() + (long)(life.TotalSeconds * timeProvider.TimestampFrequency);
        space.Counters.Evict(space.Memory.Store(new CacheEntry(
            write.Key, value, tags ?? write.Tags, write.AsOf, expiresAt, space.Rules.BytesOf?.Invoke(value) ?? 0), write));
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

/// <summary>A namespace at work: with its rules, memory and counters.</summary>
internal sealed class CacheSpace(CacheNamespace rules)
{
    public CacheNamespace Rules { get; } = rules;

    public LruMemory Memory { get; } = new(rules.MaxEntries, rules.MaxBytes);

    public CacheCounters Counters { get; } = new();

    public CacheNamespaceStatistics Read() => Counters.Read(Memory.Count) with { MaxEntries = Rules.MaxEntries };
}

/// <summary>A value in memory.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value, shared by all its readers.</param>
/// <param name="Tags">What it can be invalidated by.</param>
/// <param name="AsOf">When its load began, a timestamp: what was changed after that may be missing in it.</param>
/// <param name="ExpiresAt">When it ends, a timestamp.</param>
/// <param name="Bytes">How much memory it takes, where that is counted.</param>
internal sealed record CacheEntry(string Key, object? Value, string[] Tags, long AsOf, long ExpiresAt, long Bytes = 0);

/// <summary>
/// The entries of one namespace in memory. At its capacity, in number or in bytes, the least recently used go. Reads and writes take the
/// same time however many there are: a dictionary finds an entry, a linked list keeps the order of use.
/// </summary>
internal sealed class LruMemory(int capacity, long maxBytes = long.MaxValue)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<CacheEntry>> _entries = [];
    private readonly LinkedList<CacheEntry> _byUse = new();
    private readonly Dictionary<string, HashSet<string>> _keysByTag = [];
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_lock)
                return _entries.Count;
        }
    }

    /// <summary>Finds an entry, which then is the most recently used one.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out CacheEntry? entry)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                entry = null;
                return false;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            entry = node.Value;
            return true;
        }
    }

    /// <summary>Stores an entry, unless an invalidation overtook its write.</summary>
    /// <returns>How many entries had to go.</returns>
    public int Store(CacheEntry entry, CacheWrite write)
    {
        lock (_lock)
        {
            // In the lock: an invalidation marks the write first and then waits here to remove what it may have stored.
            if (write.IsInvalidated)
                return 0;
            RemoveCore(entry.Key);
            if (entry.Bytes > maxBytes)
                return 1;
            _entries.Add(entry.Key, _byUse.AddFirst(entry));
            _bytes += entry.Bytes;
            foreach (var tag in entry.Tags)
                (_keysByTag.TryGetValue(tag, out var keys) ? keys : _keysByTag[tag] = []).Add(entry.Key);
            var evicted = 0;
            for (; _entries.Count > capacity || _bytes > maxBytes; evicted++)
                RemoveCore(_byUse.Last!.Value.Key);
            return evicted;
        }
    }

    public void Remove(string key)
    {
        lock (_lock)
            RemoveCore(key);
    }

    /// <summary>Removes this entry, if it was not replaced meanwhile.</summary>
    public void Remove(CacheEntry entry)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(entry.Key, out var node) && ReferenceEquals(node.Value, entry))
                RemoveCore(entry.Key);
        }
    }

    public void RemoveTagged(string tag)
    {
        lock (_lock)
        {
            if (!_keysByTag.TryGetValue(tag, out var keys))
                return;
            foreach (var key in keys.ToArray())
                RemoveCore(key);
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _byUse.Clear();
            _keysByTag.Clear();
            _bytes = 0;
        }
    }

    private void RemoveCore(string key)
    {
        if (!_entries.Remove(key, out var node))
            return;
        _byUse.Remove(node);
        _bytes -= node.Value.Bytes;
        foreach (var tag in node.Value.Tags)
        {
            if (_keysByTag.TryGetValue(tag, out var keys) && keys.Remove(key) && keys.Count == 0)
                _keysByTag.Remove(tag);
        }
    }
}
