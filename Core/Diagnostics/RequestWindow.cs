using Switchboard.Core.Jobs;

namespace Switchboard.Core.Diagnostics;

/// <summary>Requests of a span of time. Those of several processes add up.</summary>
/// <param name="Count">How many.</param>
/// <param name="Errors">How many of them failed by our fault.</param>
/// <param name="TotalMs">How long they took together, in milliseconds.</param>
/// <param name="LatencyCounts">How many took how long, by the ranges of the jobs' latencies.</param>
public sealed record RequestWindow(long Count, long Errors, double TotalMs, IReadOnlyList<long> LatencyCounts)
{
    /// <summary>Nothing happened.</summary>
    public static RequestWindow Empty { get; } = new(0, 0, 0, []);

    /// <summary>How long one took on average, in milliseconds; null when there was none.</summary>
    public double? AverageMs() => Count == 0 ? null : TotalMs / Count;

    /// <summary>The part of them that failed, 0 to 1; 0 when there was none.</summary>
    public double ErrorRate() => Count == 0 ? 0 : (double)Errors / Count;

    /// <summary>The time in milliseconds that this part of them (0 to 1) did not exceed, as exact as the ranges; null when there was none.</summary>
    public double? PercentileMs(double part) => LatencyBuckets.Percentile(LatencyCounts, part);

    /// <summary>Both together.</summary>
    public RequestWindow Plus(RequestWindow other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var (longer, shorter) = LatencyCounts.Count >= other.LatencyCounts.Count
            ? (LatencyCounts, other.LatencyCounts)
            : (other.LatencyCounts, LatencyCounts);
        return new(
            Count + other.Count, Errors + other.Errors, TotalMs + other.TotalMs,
            [.. longer.Select((count, range) => range < shorter.Count ? count + shorter[range] : count)]);
    }
}
