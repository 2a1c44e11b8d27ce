namespace Switchboard.Core.Redis.Caching;

/// <summary>A write to the cache under way: a load, or a value that was set. An invalidation reaches it too, and then it is not stored.</summary>
/// <param name="key">The entry's key.</param>
/// <param name="tags">The entry's tags.</param>
/// <param name="asOf">When it began, a timestamp.</param>
internal class CacheWrite(string key, string[] tags, long asOf)
{
    private volatile bool _invalidated;

    public string Key { get; } = key;

    public string[] Tags { get; } = tags;

    public long AsOf { get; } = asOf;

    public bool IsInvalidated => _invalidated;

    public virtual void Invalidate() => _invalidated = true;
}
