using System.Diagnostics.Metrics;

namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// What the cache did, by namespace: in the process by <see cref="Read"/>, outside as metrics of the meter
/// <c>Switchboard.Caching</c>: <c>switchboard.cache.requests</c> (with <c>result</c> memory, redis or miss),
/// <c>switchboard.cache.loads</c> (with <c>result</c> ok or error), <c>switchboard.cache.evictions</c> and
/// <c>switchboard.cache.entries</c>, each with <c>namespace</c>.
/// </summary>
public sealed class CacheStatistics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Switchboard.Caching";

    private readonly IReadOnlyDictionary<string, CacheSpace> _spaces;

    internal CacheStatistics(IReadOnlyDictionary<string, CacheSpace> spaces, IMeterFactory meters)
    {
        _spaces = spaces;
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter("switchboard.cache.requests", () => Each(
            s => [(s.Hits, "memory"), (s.RemoteHits, "redis"), (s.Misses, "miss")]), description: "Requests by where they were answered");
        meter.CreateObservableCounter("switchboard.cache.loads", () => Each(
            s => [(s.Loads, "ok"), (s.FailedLoads, "error")]), description: "Loads of what was in neither memory nor Redis");
        meter.CreateObservableCounter("switchboard.cache.evictions", () => Each(s => [(s.Evictions, null)]),
            description: "Entries that went because their namespace was full");
        meter.CreateObservableGauge("switchboard.cache.entries", () => Each(s => [(s.Entries, null)]), description: "Entries in memory");
    }

    /// <summary>The counts of each namespace.</summary>
    public IReadOnlyDictionary<string, CacheNamespaceStatistics> Read() =>
        _spaces.ToDictionary(space => space.Key, space => space.Value.Read());

    private IEnumerable<Measurement<long>> Each(Func<CacheNamespaceStatistics, (long Value, string? Result)[]> counts) =>
        from space in _spaces
        from count in counts(space.Value.Read())
        select count.Result is null
            ? new Measurement<long>(count.Value, new KeyValuePair<string, object?>("namespace", space.Key))
            : new Measurement<long>(count.Value, new("namespace", space.Key), new("result", count.Result));
}

/// <summary>What happened in one namespace since the process started.</summary>
/// <param name="Hits">Answered from memory.</param>
/// <param name="RemoteHits">Answered from Redis.</param>
/// <param name="Misses">Found in neither; several callers that wait for one load are one miss and, when they joined, as many hits.</param>
/// <param name="Loads">Loads that succeeded.</param>
/// <param name="FailedLoads">Loads that failed.</param>
/// <param name="Evictions">Entries that went because the namespace was full.</param>
/// <param name="Entries">Entries in memory now.</param>
public sealed record CacheNamespaceStatistics(
    long Hits, long RemoteHits, long Misses, long Loads, long FailedLoads, long Evictions, int Entries)
{
    /// <summary>How many entries are kept in memory at most.</summary>
    public int MaxEntries { get; init; }

    /// <summary>The part of the requests that needed no load, from 0 to 1; 0 before the first request.</summary>
    public double HitRate => Hits + RemoteHits + Misses is > 0 and var all ? (double)(Hits + RemoteHits) / all : 0;
}

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
