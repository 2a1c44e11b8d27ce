using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>Whether texts are served as they should be.</summary>
/// <param name="Status">healthy or unhealthy.</param>
/// <param name="Checks">What that was made from; healthy is when each is ok.</param>
internal sealed record PerformanceHealth(string Status, IReadOnlyList<PerformanceCheck> Checks)
{
    public const string Healthy = "healthy";

    private const double MostWaiting = 5;
    private const double SlowestMs = 5_000;
    private const double HighestErrorRate = 0.05;

    // fewer say nothing: caches that fill up after a start miss once for each number
    private const int EnoughLookups = 2_000;
    private const int EnoughRequests = 20;

    /// <summary>Decides by the figures of all processes.</summary>
    /// <param name="reports">What could be read of them: without the database, this process's own.</param>
    /// <param name="isDatabaseThere">Whether the database answered.</param>
    /// <param name="lowestHitRate">The share of lookups that the caches must answer.</param>
    public static PerformanceHealth Of(IReadOnlyList<ProcessReport> reports, bool isDatabaseThere, double lowestHitRate)
    {
        var cache = CacheSums.Of(reports).Metrics;
        var lookups = cache.CacheHits + cache.CacheMisses;
        var hitRate = lookups == 0 ? (double?)null : (double)cache.CacheHits / lookups;
        var webhook = WebhookSums.Counts(reports).LastFiveMinutes;
        var isJudged = webhook.Count >= EnoughRequests;
        PerformanceCheck[] checks =
        [
            PerformanceCheck.AtLeast("cacheHitRate", hitRate, lowestHitRate, lookups >= EnoughLookups),
            PerformanceCheck.AtMost("waitingConnections", DatabasePool.Of(reports).Waiting, MostWaiting),
            PerformanceCheck.AtMost("averageResponseMs", webhook.AverageMs(), SlowestMs, isJudged),
            PerformanceCheck.AtMost("errorRate", webhook.ErrorRate(), HighestErrorRate, isJudged),
            PerformanceCheck.Database(isDatabaseThere),
        ];
        return new(checks.All(check => check.Ok) ? Healthy : "unhealthy", checks);
    }
}
