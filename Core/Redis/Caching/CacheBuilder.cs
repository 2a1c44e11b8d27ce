namespace Switchboard.Core.Redis.Caching;

/// <summary>Lists the namespaces of the cache.</summary>
public sealed class CacheBuilder
{
    private readonly List<CacheNamespace> _namespaces = [];

    internal IReadOnlyList<CacheNamespace> Namespaces => _namespaces;

    /// <summary>Adds a namespace: the keys <c>name:…</c>.</summary>
    /// <param name="name">A word without a colon.</param>
    /// <param name="ttl">How long an entry lives, unless a call says otherwise.</param>
    /// <param name="maxEntries">How many are kept in memory; the least recently used goes first.</param>
    /// <param name="encrypted">Whether they are encrypted in Redis (needs <c>Encryption:Key</c>).</param>
    public CacheBuilder Namespace(string name, TimeSpan ttl, int maxEntries, bool encrypted = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ttl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        if (name.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException("A namespace ends at the first colon of a key and has none itself.", nameof(name));
        if (_namespaces.Any(known => known.Name == name))
            throw new ArgumentException($"The namespace '{name}' is already there.", nameof(name));
        _namespaces.Add(new CacheNamespace(name, ttl, maxEntries, encrypted));
        return this;
    }
}
