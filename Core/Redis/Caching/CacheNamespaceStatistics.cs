namespace Switchboard.Core.Redis.Caching;

/// <summary>What happened in one namespace since the process started.</summary>
/// <param name="Hits">Answered from memory.</param>
/// <param name="RemoteHits">Answered from Redis.</param>
/// <param name="Misses">Found in neither; several who wait for one load are one miss and, when they joined, as many hits.</param>
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
