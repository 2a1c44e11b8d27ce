namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// The invalidations that Redis could not be told of. They are told first when it is back: until then
/// nothing is read from it, because it may still hold what they are about.
/// </summary>
internal sealed class PendingInvalidations
{
    /// <summary>With more than this many, everything is invalidated instead.</summary>
    public const int Limit = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheInvalidation, long> _pending = [];
    private long _number;

    public bool Any
    {
        get
        {
            lock (_lock)
                return _pending.Count > 0;
        }
    }

    public void Add(CacheInvalidation invalidation)
    {
        lock (_lock)
        {
            if (_pending.Count >= Limit)
            {
                _pending.Clear();
                invalidation = new CacheInvalidation(true, CacheInvalidation.Everything);
            }

            _pending[invalidation] = ++_number;
        }
    }

    public KeyValuePair<CacheInvalidation, long>[] Snapshot()
    {
        lock (_lock)
            return [.. _pending];
    }

    /// <summary>Drops what Redis was told, unless it was added again meanwhile.</summary>
    public void Remove(KeyValuePair<CacheInvalidation, long> told)
    {
        lock (_lock)
        {
            if (_pending.GetValueOrDefault(told.Key) == told.Value)
                _pending.Remove(told.Key);
        }
    }
}
