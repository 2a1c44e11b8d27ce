namespace Switchboard.Core.Redis.Caching;

/// <summary>What happened in one namespace.</summary>
internal sealed class CacheCounters
{
    private long _hits;
    private long _remoteHits;
    private long _misses;
    private long _loads;
    private long _failedLoads;
    private long _evictions;

    public void Hit() => Interlocked.Increment(ref _hits);

    public void RemoteHit() => Interlocked.Increment(ref _remoteHits);

    public void Miss() => Interlocked.Increment(ref _misses);

    public void Load() => Interlocked.Increment(ref _loads);

    public void FailedLoad() => Interlocked.Increment(ref _failedLoads);

    public void Evict(int count) => Interlocked.Add(ref _evictions, count);

    public CacheNamespaceStatistics Read(int entries) => new(
        Interlocked.Read(ref _hits),
        Interlocked.Read(ref _remoteHits),
        Interlocked.Read(ref _misses),
        Interlocked.Read(ref _loads),
        Interlocked.Read(ref _failedLoads),
        Interlocked.Read(ref _evictions),
        entries);
}
