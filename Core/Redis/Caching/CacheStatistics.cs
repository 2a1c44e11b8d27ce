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

    /// <summary>The figures of each namespace.</summary>
    public IReadOnlyDictionary<string, CacheNamespaceStatistics> Read() =>
        _spaces.ToDictionary(space => space.Key, space => space.Value.Read());

    private IEnumerable<Measurement<long>> Each(Func<CacheNamespaceStatistics, (long Value, string? Result)[]> figures) =>
        from space in _spaces
        from figure in figures(space.Value.Read())
        select figure.Result is null
            ? new Measurement<long>(figure.Value, new KeyValuePair<string, object?>("namespace", space.Key))
            : new Measurement<long>(figure.Value, new("namespace", space.Key), new("result", figure.Result));
}
