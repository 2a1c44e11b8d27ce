using System.Diagnostics.CodeAnalysis;

namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// The entries of one namespace in memory. At its capacity the least recently used one goes. Reads and writes take the same time
/// however many there are: a dictionary finds an entry, a linked list keeps the order of use.
/// </summary>
internal sealed class LruMemory(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<CacheEntry>> _entries = [];
    private readonly LinkedList<CacheEntry> _byUse = new();
    private readonly Dictionary<string, HashSet<string>> _keysByTag = [];

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
            _entries.Add(entry.Key, _byUse.AddFirst(entry));
            foreach (var tag in entry.Tags)
                (_keysByTag.TryGetValue(tag, out var keys) ? keys : _keysByTag[tag] = []).Add(entry.Key);
            if (_entries.Count <= capacity)
                return 0;
            RemoveCore(_byUse.Last!.Value.Key);
            return 1;
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
        }
    }

    private void RemoveCore(string key)
    {
        if (!_entries.Remove(key, out var node))
            return;
        _byUse.Remove(node);
        foreach (var tag in node.Value.Tags)
        {
            if (_keysByTag.TryGetValue(tag, out var keys) && keys.Remove(key) && keys.Count == 0)
                _keysByTag.Remove(tag);
        }
    }
}
