using Switchboard.Core.Diagnostics;
using Switchboard.Core.Redis.Caching;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary><c>GET /api/sms/performance/cache</c>: how often the caches of SMS knew the answer.</summary>
internal sealed class GetCachePerformance(ProcessReports reports) : EndpointWithoutRequest<Ok<CacheSums>>
{
    public override void Configure()
    {
        Get("/api/sms/performance/cache");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("SMS", "Read the metrics of the caches, over all processes")
            .Produces<CacheSums>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<CacheSums>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(CacheSums.Of(await reports.ReadAsync(ct)));
}

/// <summary>A cache, summed over the processes that have it.</summary>
/// <param name="Size">Entries in memory.</param>
/// <param name="Max">How many there may be: that of one process times the processes.</param>
/// <param name="HitRate">The share of the lookups that needed no load, 0 to 1.</param>
/// <param name="Hits">Lookups answered from memory or Redis.</param>
/// <param name="Misses">Lookups that were loaded.</param>
internal sealed record CacheSum(int Size, int Max, double HitRate, long Hits, long Misses);

/// <summary>All lookups together.</summary>
internal sealed record CacheMetrics(long CacheHits, long CacheMisses, double HitRate);

/// <summary>The caches of SMS; <see cref="Metrics"/> is over the first two: an SMS that is not refused is no miss.</summary>
internal sealed record CacheSums(CacheSum PhoneNumberCache, CacheSum VerificationCache, CacheSum RateLimitCache, CacheMetrics Metrics)
{
    /// <summary>Adds up what the edge processes report: they alone look numbers up.</summary>
    public static CacheSums Of(IReadOnlyList<ProcessReport> reports)
    {
        var edges = reports.Where(report => report.Service == ProcessServices.Edge).ToArray();
        var phoneNumbers = Of(edges, NumberOwners.OwnersNamespace);
        var verification = Of(edges, NumberOwners.VerifiedNamespace);
        var (hits, misses) = (phoneNumbers.Hits + verification.Hits, phoneNumbers.Misses + verification.Misses);
        return new(phoneNumbers, verification, Refusals(edges), new(hits, misses, Rate(hits, misses)));
    }

    private static CacheSum Of(IEnumerable<ProcessReport> edges, string space)
    {
        var caches = edges.Select(report => report.Find<CacheStats>()?.Namespaces.GetValueOrDefault(space))
            .OfType<CacheNamespaceStatistics>().ToArray();
        return Sum(
            caches.Sum(cache => cache.Entries), caches.Sum(cache => cache.MaxEntries),
            caches.Sum(cache => cache.Hits + cache.RemoteHits), caches.Sum(cache => cache.Misses));
    }

    private static CacheSum Refusals(IEnumerable<ProcessReport> edges)
    {
        var memories = edges.Select(report => report.Find<RefusalStats>()).OfType<RefusalStats>().ToArray();
        return Sum(
            memories.Sum(memory => memory.Size), memories.Sum(memory => memory.Max),
            memories.Sum(memory => memory.Hits), memories.Sum(memory => memory.Misses));
    }

    private static CacheSum Sum(int size, int max, long hits, long misses) => new(size, max, Rate(hits, misses), hits, misses);

    private static double Rate(long hits, long misses) => hits + misses is > 0 and var all ? Math.Round((double)hits / all, 4) : 0;
}

/// <summary>The memory of numbers over their hourly limit, which answers without a question to Redis.</summary>
/// <param name="Size">How many it knows now.</param>
/// <param name="Max">How many it may know.</param>
/// <param name="Hits">SMS that it refused by itself.</param>
/// <param name="Misses">SMS that it knew nothing about.</param>
internal sealed record RefusalStats(int Size, int Max, long Hits, long Misses) : IStats
{
    /// <inheritdoc/>
    public static string Section => "refusals";

    /// <summary>Those of this process.</summary>
    public static RefusalStats Of(ThrottledNumbers memory)
    {
        var (size, max, hits, misses) = memory.Read();
        return new(size, max, hits, misses);
    }
}
