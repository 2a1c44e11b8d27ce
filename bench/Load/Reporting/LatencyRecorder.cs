namespace Switchboard.Load.Reporting;

/// <summary>Keeps every latency, so that percentiles are exact. Not for several threads: each has its own, and they are merged.</summary>
internal sealed class LatencyRecorder
{
    private readonly List<TimeSpan> _latencies = [];
    private bool _isSorted = true;

    public int Count => _latencies.Count;

    public void Record(TimeSpan latency)
    {
        _latencies.Add(latency);
        _isSorted = false;
    }

    public void Merge(LatencyRecorder other)
    {
        _latencies.AddRange(other._latencies);
        _isSorted = false;
    }

    /// <summary>The smallest latency that at least this share of all does not exceed (nearest rank); zero when there is none.</summary>
    /// <param name="share">Over 0 to 1.</param>
    public TimeSpan Percentile(double share)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        if (_latencies.Count == 0)
        {
            return TimeSpan.Zero;
        }

        if (!_isSorted)
        {
            _latencies.Sort();
            _isSorted = true;
        }

        return _latencies[(int)Math.Ceiling(share * _latencies.Count) - 1];
    }

    public Percentiles ToPercentiles() => new(Milliseconds(0.50), Milliseconds(0.95), Milliseconds(0.99));

    private double Milliseconds(double share) => Math.Round(Percentile(share).TotalMilliseconds, 2);
}

/// <summary>Latencies in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P95, double P99);
