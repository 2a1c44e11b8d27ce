using Switchboard.Core.Diagnostics;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Redis.Limits;
using Switchboard.Edge.Api.Operations.Performance;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>The health of mail tracking.</summary>
/// <param name="Status">healthy, unhealthy, or off: nothing is measured.</param>
/// <param name="Checks">What that was made from; healthy is when each is ok.</param>
/// <param name="Queries">The queries that are measured.</param>
/// <param name="Waiting">The jobs that wait in Postgres.</param>
internal sealed record TrackingHealth(
    string Status, IReadOnlyList<PerformanceCheck> Checks, IReadOnlyList<QueryTiming> Queries, IReadOnlyList<WaitingJobs> Waiting)
{
    public const string Unhealthy = "unhealthy";

    // fewer say nothing
    private const int EnoughQueries = 20;
    private const int EnoughRequests = 20;
    private const int EnoughLookups = 2_000;
    private const int EnoughLimitChecks = 100;

    private static readonly string[] Caches = ["tracked-emails", "email-analytics"];

    /// <summary>While nothing is measured, the database alone is looked at.</summary>
    public static TrackingHealth Off(bool isDatabaseThere) =>
        new(isDatabaseThere ? "off" : Unhealthy, [PerformanceCheck.Database(isDatabaseThere)], [], []);

    /// <summary>Decides by the metrics of all processes.</summary>
    public static TrackingHealth Of(HealthReading reading, TrackingHealthOptions options)
    {
        var reports = reading.Reports;
        PerformanceCheck[] checks =
        [
            Queries95(QueryTiming.OfRequests(reports), options),
            CacheHits(reports, reading.IsCaching, options),
            PerformanceCheck.AtLeast(
                "mailsPerHour", reports.Sum(report => report.Find<MailStats>()?.LastHour ?? 0), options.MinMailsPerHour),
            PerformanceCheck.AtLeast("webhookJobsPerMinute", reading.Tables?.WebhookJobsPerMinute, options.MinWebhookJobsPerMinute),
            PerformanceCheck.AtMost("queueDepth", Depth(reading), options.MaxQueueDepth),
            PerformanceCheck.AtMost("poolUse", PoolUse(reports), options.MaxPoolUse),
            Errors(RequestSum.Of(reports, RouteMeter.TrackedMail).LastFiveMinutes, options),
            LocalLimits(reports, reading.IsLimitLocal, options),
            PerformanceCheck.Database(reading.Tables is not null),
        ];
        return new(
            checks.All(check => check.Ok) ? SmsHealth.Healthy : Unhealthy,
            checks, QueryTiming.Of(reports), reading.Tables?.Waiting ?? []);
    }

    private static PerformanceCheck Queries95(RequestWindow queries, TrackingHealthOptions options) => PerformanceCheck.AtMost(
        "queryP95Ms", queries.PercentileMs(0.95), options.MaxQueryP95Milliseconds, isJudged: queries.Count >= EnoughQueries);

    private static PerformanceCheck Errors(RequestWindow requests, TrackingHealthOptions options) => PerformanceCheck.AtMost(
        "errorRate", requests.ErrorRate(), options.MaxErrorRate, isJudged: requests.Count >= EnoughRequests);

    // turned off, that it does not answer is no fault
    private static PerformanceCheck CacheHits(IReadOnlyList<ProcessReport> reports, bool isOn, TrackingHealthOptions options)
    {
        var caches = (
            from report in reports
            from name in Caches
            select report.Find<CacheStats>()?.Namespaces.GetValueOrDefault(name)).OfType<CacheNamespaceStatistics>().ToArray();
        var hits = caches.Sum(cache => cache.Hits + cache.RemoteHits);
        var lookups = hits + caches.Sum(cache => cache.Misses);
        return PerformanceCheck.AtLeast("cacheHitRate", Share(hits, lookups), options.MinCacheHitRate, isOn && lookups >= EnoughLookups);
    }

    private static PerformanceCheck LocalLimits(IReadOnlyList<ProcessReport> reports, bool isOn, TrackingHealthOptions options)
    {
        var limits = reports.Select(report => report.Find<LimitStats>()?.LastFiveMinutes).OfType<LayeredLimitCounts>().ToArray();
        var checks = limits.Sum(limit => limit.Checks);
        return PerformanceCheck.AtLeast(
            "localLimitRate", Share(limits.Sum(limit => limit.Local), checks), options.MinLocalLimitRate,
            isOn && checks >= EnoughLimitChecks);
    }

    // without the broker what waits in Postgres is all that is known
    private static double? Depth(HealthReading reading) =>
        reading.Tables is { } tables ? tables.Waiting.Sum(waiting => waiting.Jobs) + (reading.Ready ?? 0) : reading.Ready;

    private static double? PoolUse(IReadOnlyList<ProcessReport> reports)
    {
        var pools = reports.Select(report => report.Find<DatabaseStats>()).OfType<DatabaseStats>().ToArray();
        return Share(pools.Sum(pool => pool.Busy), pools.Sum(pool => pool.Max));
    }

    private static double? Share(long part, long all) => all == 0 ? null : (double)part / all;
}

/// <summary>How one query did in the last five minutes, in all processes of one kind.</summary>
/// <param name="Service">The kind of process that runs it: edge, ingest or analytics.</param>
/// <param name="Name">Its name.</param>
/// <param name="Count">How often it ran.</param>
/// <param name="Errors">How often it failed.</param>
/// <param name="AverageMs">How long it took on average; null when it did not run.</param>
/// <param name="P95Ms">What 95 % of its runs did not exceed, in milliseconds.</param>
internal sealed record QueryTiming(string Service, string Name, long Count, long Errors, double? AverageMs, double? P95Ms)
{
    /// <summary>All that are measured.</summary>
    public static IReadOnlyList<QueryTiming> Of(IReadOnlyList<ProcessReport> reports) =>
        [.. from report in reports
            from counter in report.Find<QueryStats>()?.Counters ?? new Dictionary<string, RequestCounts>()
            group counter.Value.LastFiveMinutes by (report.Service, Name: counter.Key) into same
            orderby same.Key.Service, same.Key.Name
            let window = Sum(same)
            select new QueryTiming(
                same.Key.Service, same.Key.Name, window.Count, window.Errors, Round(window.AverageMs()), Round(window.PercentileMs(0.95)))];

    /// <summary>
    /// Those that requests wait for, together. What the workers run beside them, such as retention, may take its time.
    /// </summary>
    public static RequestWindow OfRequests(IReadOnlyList<ProcessReport> reports) => Sum(
        from report in reports
        where report.Service == ProcessServices.Edge
        from counter in report.Find<QueryStats>()?.Counters.Values ?? []
        select counter.LastFiveMinutes);

    private static RequestWindow Sum(IEnumerable<RequestWindow> windows) =>
        windows.Aggregate(RequestWindow.Empty, (sum, window) => sum.Plus(window));

    private static double? Round(double? ms) => ms is { } value ? Math.Round(value, 2) : null;
}
