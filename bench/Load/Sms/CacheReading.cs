using Switchboard.Load.Api;

namespace Switchboard.Load.Sms;

/// <summary>What the product's caches count.</summary>
internal static class CacheReading
{
    /// <summary>The counts so far; null when the product does not say.</summary>
    public static async Task<CacheMetrics?> ReadAsync(ApiClient edge, string key, LoadProgress progress, CancellationToken cancellation)
    {
        try
        {
            return (await edge.GetAsync("/api/sms/performance/cache", key, SmsJson.Default.CacheFigures, cancellation)).Metrics;
        }
        catch (LoadException e)
        {
            progress.Say($"The cache's figures cannot be read: {e.Message}");
            return null;
        }
    }

    /// <summary>The share of hits between two readings; what the product says itself, when the counts began anew between them.</summary>
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
