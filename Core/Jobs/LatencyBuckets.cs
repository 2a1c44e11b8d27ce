namespace Switchboard.Core.Jobs;

/// <summary>Latencies counted by range, so that those of all processes and minutes can be added up.</summary>
internal static class LatencyBuckets
{
    // upper bounds in ms, inclusive; what is longer is in one more bucket. job_minutes holds counts by these: only ever add at the end.
    private static readonly int[] _bounds =
    [
        1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000, 7_500, 10_000,
        15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
    ];

    public static int Count => _bounds.Length + 1;

    public static int IndexOf(TimeSpan latency)
    {
        var index = Array.BinarySearch(_bounds, (int)Math.Clamp(Math.Ceiling(latency.TotalMilliseconds), 0, int.MaxValue));
        return index >= 0 ? index : ~index;
    }

    /// <summary>The latency in ms that this part of all counted ones (0 to 1) did not exceed; null when nothing was counted.
    /// Within a bucket they are taken to be spread evenly; in the last one its lower bound is all that is known.</summary>
    public static double? Percentile(IReadOnlyList<long> counts, double part)
    {
        var rank = part * counts.Sum();
        if (rank <= 0)
            return null;
        for (var i = 0; i < _bounds.Length && i < counts.Count; i++)
        {
            if (rank <= counts[i])
            {
                double lower = i == 0 ? 0 : _bounds[i - 1];
                return lower + ((_bounds[i] - lower) * rank / counts[i]);
            }

            rank -= counts[i];
        }

        return _bounds[^1];
    }
}
