using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Operations.Health;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>
/// <c>GET /api/sms/performance/health</c>: 200 or 503, for a load balancer, so without a key and soon: a database that does not answer
/// within 2 s is unavailable.
/// </summary>
internal sealed class GetSmsHealth(ProcessReports reports, IOptions<SmsHealthOptions> options, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Ok<SmsHealth>, JsonHttpResult<SmsHealth>>>
{
    public override void Configure()
    {
        Get("/api/sms/performance/health");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("SMS", "Health of SMS processing")
            .Produces<SmsHealth>().Produces<SmsHealth>(503).Refuses(429));
    }

    public override async Task<Results<Ok<SmsHealth>, JsonHttpResult<SmsHealth>>> ExecuteAsync(CancellationToken ct)
    {
        var health = await JudgeAsync(ct);
        if (!HttpContext.MaySeeDetails())
            health = health with { Checks = [] };
        if (health.Status == SmsHealth.Healthy)
            return TypedResults.Ok(health);
        return TypedResults.Json(health, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<SmsHealth> JudgeAsync(CancellationToken ct)
    {
        var all = await TimeBoxedQuery.ReadAsync(reports.ReadAsync, timeProvider, ct);
        return SmsHealth.Of(all ?? [reports.Own()], isDatabaseThere: all is not null, options.Value.MinCacheHitRate);
    }
}

/// <summary>The health of SMS processing.</summary>
/// <param name="Status">healthy or unhealthy.</param>
/// <param name="Checks">What that was made from; healthy is when each is ok.</param>
internal sealed record SmsHealth(string Status, IReadOnlyList<PerformanceCheck> Checks)
{
    public const string Healthy = "healthy";

    private const double MostWaiting = 5;
    private const double SlowestMs = 5_000;
    private const double HighestErrorRate = 0.05;

    // fewer say nothing: caches that fill up after a start miss once for each number
    private const int EnoughLookups = 2_000;
    private const int EnoughRequests = 20;

    /// <summary>Decides by the metrics of all processes.</summary>
    /// <param name="reports">What could be read of them: without the database, this process's own.</param>
    /// <param name="isDatabaseThere">Whether the database answered.</param>
    /// <param name="lowestHitRate">The share of lookups that the caches must answer.</param>
    public static SmsHealth Of(IReadOnlyList<ProcessReport> reports, bool isDatabaseThere, double lowestHitRate)
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

/// <summary>One thing that is looked at.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">How it is now; null when there is nothing to go by yet.</param>
/// <param name="Threshold">How far it may go.</param>
/// <param name="Ok">Whether it is within that.</param>
internal sealed record PerformanceCheck(string Name, double? Value, double Threshold, bool Ok)
{
    /// <summary>Is fine up to its threshold.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">How it is now.</param>
    /// <param name="threshold">The highest that is good.</param>
    /// <param name="isJudged">Whether there is enough to go by.</param>
    public static PerformanceCheck AtMost(string name, double? value, double threshold, bool isJudged = true) =>
        new(name, Round(value), threshold, !isJudged || value is null || value <= threshold);

    /// <summary>Is fine from its threshold on.</summary>
    public static PerformanceCheck AtLeast(string name, double? value, double threshold, bool isJudged = true) =>
        new(name, Round(value), threshold, !isJudged || value is null || value >= threshold);

    /// <summary>Whether the database answered.</summary>
    public static PerformanceCheck Database(bool isThere) => AtLeast("database", isThere ? 1 : 0, 1);

    private static double? Round(double? value) => value is { } some ? Math.Round(some, 4) : null;
}

/// <summary>What counts as healthy; section <c>Performance</c>.</summary>
internal sealed class SmsHealthOptions
{
    public const string Section = "Performance";

    /// <summary>
    /// The share of the lookups of numbers, 0 to 1, that the caches must answer. Lower where many more numbers send SMS than the caches
    /// hold; 0 looks at everything else alone.
    /// </summary>
    [Range(0.0, 1.0, ErrorMessage = "Performance:MinCacheHitRate must be from 0 to 1.")]
    public double MinCacheHitRate { get; init; } = 0.5;
}
