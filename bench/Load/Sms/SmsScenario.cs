using Switchboard.Load.Reporting;
using Switchboard.Load.Running;

namespace Switchboard.Load.Sms;

/// <summary>Posts SMS to the webhook and checks every enrichment item that comes of them in the API.</summary>
internal sealed class SmsScenario(SmsOptions options, LoadProgress progress, TimeProvider timeProvider)
{
    public async Task<SmsReport> RunAsync(CancellationToken cancellationToken)
    {
        using var edge = new ApiClient(options.Edge, "--edge", timeProvider);
        using var simulator = new ApiClient(options.Simulator, "--simulator", timeProvider);
        await edge.CheckAsync("/alive", cancellationToken);
        await simulator.CheckAsync("/alive", cancellationToken);

        var token = new RunToken(timeProvider.GetUtcNow());
        var (users, numbers) = await progress.StageAsync(
            $"Run {token.Run}: linking and verifying {options.Numbers} phone numbers",
            options.Numbers,
            report => new PhoneNumbers(edge, simulator, options.Key, token, timeProvider)
                .CreateAsync(options.Numbers, report, cancellationToken));
        var media = options.MediaShare > 0 ? await SampleMedia.MakeAsync(simulator, options.MediaBytes, cancellationToken) : [];
        var plan = new SmsPlan(token, numbers, media, options.MediaShare);

        var cacheBefore = await CacheReading.ReadAsync(edge, options.Key, progress, cancellationToken);
        await using var memory = MemoryWatch.Begin(options.IngestPid, progress, timeProvider);
        var startedAt = timeProvider.GetUtcNow();
        var source = new SmsSource(options.Edge, plan, options.AccountSid, new TwilioSigner(options.AccountToken));
        var load = await new LoadStage(options.Connections, options.Seconds, options.Rate, options.Count ?? long.MaxValue)
            .RunAsync("SMS", source, progress, timeProvider, cancellationToken);
        var cacheAfter = await CacheReading.ReadAsync(edge, options.Key, progress, cancellationToken);
        var result = await CheckAsync(edge, users, plan, load, cancellationToken);
        return Report(load, result, CacheReading.HitRate(cacheBefore, cacheAfter), memory?.Result(), startedAt);
    }

    private async Task<EnrichmentResult> CheckAsync(
        ApiClient edge, IReadOnlyList<LoadUser> users, SmsPlan plan, LoadResult load, CancellationToken cancellationToken)
    {
        var comparison = new EnrichmentComparison(plan, load.Accepted.Select(sms => sms.Number).ToHashSet());
        var check = new EnrichmentCheck(edge, users, comparison, TimeSpan.FromSeconds(options.PatienceSeconds), timeProvider);
        var result = await progress.StageAsync(
            $"{load.Accepted.Count} SMS accepted; waiting for {comparison.Expected} items to be completed, and checking each of them",
            comparison.Expected,
            report => check.RunAsync(report, cancellationToken));
        foreach (var example in result.Examples)
        {
            progress.WriteLine(example);
        }

        return result;
    }

    private static SmsReport Report(
        LoadResult load, EnrichmentResult result, double? cacheHitRate, (double PeakMb, double GrowthMb)? memory, DateTimeOffset startedAt)
    {
        var enrichedIn = (result.LastCompletedAt - startedAt).TotalSeconds;
        return new SmsReport(
            load.Accepted.Count,
            Math.Round(load.Accepted.Count / load.Elapsed.TotalSeconds, 1),
            result.Enriched == 0 ? 0 : Math.Round(result.Enriched / enrichedIn, 1),
            load.Latency.ToPercentiles(),
            result.EndToEnd.ToPercentiles(),
            result.Lost,
            result.Duplicated,
            result.Wrong,
            result.Expected,
            load.Rejected,
            load.Errors,
            cacheHitRate,
            memory?.PeakMb,
            memory?.GrowthMb,
            Math.Round(load.Elapsed.TotalSeconds, 2));
    }
}

/// <summary>The metrics of the product's caches.</summary>
internal static class CacheReading
{
    /// <summary>The counts so far; null when the product does not give them.</summary>
    public static async Task<CacheMetrics?> ReadAsync(
        ApiClient edge, string key, LoadProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            return (await edge.GetAsync("/api/sms/performance/cache", key, SmsJson.Default.CachePerformance, cancellationToken)).Metrics;
        }
        catch (LoadException e)
        {
            progress.WriteLine($"The cache metrics cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>
    /// The share of hits between two readings; the rate that the product gives, when its counters were reset between them.
    /// </summary>
    public static double? HitRate(CacheMetrics? before, CacheMetrics? after)
    {
        if (before is null || after is null || after.CacheHits < before.CacheHits || after.CacheMisses < before.CacheMisses)
        {
            return after?.HitRate;
        }

        var (hits, misses) = (after.CacheHits - before.CacheHits, after.CacheMisses - before.CacheMisses);
        return hits + misses == 0 ? null : Math.Round((double)hits / (hits + misses), 4);
    }
}

internal sealed record CachePerformance(CacheMetrics? Metrics);

internal sealed record CacheMetrics(long CacheHits, long CacheMisses, double? HitRate);
