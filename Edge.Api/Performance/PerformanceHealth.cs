using Switchboard.Core.Performance;

namespace Switchboard.Edge.Api.Performance;

/// <summary>One thing that is looked at.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">How it is now; null when there is nothing to go by yet.</param>
/// <param name="Threshold">How far it may go.</param>
/// <param name="Ok">Whether it is within that.</param>
internal sealed record PerformanceCheck(string Name, double? Value, double Threshold, bool Ok);

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
        var waiting = DatabasePool.Of(reports).Waiting;
        var webhook = WebhookSums.Counts(reports).LastFiveMinutes;
        var isJudged = webhook.Count >= EnoughRequests;
        PerformanceCheck[] checks =
        [
            new("cacheHitRate", Round(hitRate), lowestHitRate, lookups < EnoughLookups || hitRate >= lowestHitRate),
            new("waitingConnections", waiting, MostWaiting, waiting <= MostWaiting),
            new("averageResponseMs", Round(webhook.AverageMs()), SlowestMs, !isJudged || webhook.AverageMs() <= SlowestMs),
            new("errorRate", Round(webhook.ErrorRate()), HighestErrorRate, !isJudged || webhook.ErrorRate() <= HighestErrorRate),
            new("database", isDatabaseThere ? 1 : 0, 1, isDatabaseThere),
        ];
        return new(checks.All(check => check.Ok) ? Healthy : "unhealthy", checks);
    }

    private static double? Round(double? value) => value is { } some ? Math.Round(some, 4) : null;
}
