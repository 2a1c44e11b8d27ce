using System.Collections.Concurrent;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Counts requests by slices of 5 s, so that the last minutes can be told. <see cref="Record"/> allocates nothing.
/// </summary>
public sealed class RequestCounter(TimeProvider timeProvider)
{
    private const int SliceSeconds = 5;
    private const int MinuteSlices = 60 / SliceSeconds;
    private const int FiveMinuteSlices = 300 / SliceSeconds;

    private readonly Lock _gate = new();
    private readonly Slice[] _slices = [.. Enumerable.Range(0, FiveMinuteSlices).Select(_ => new Slice())];
    private readonly long _startedAt = timeProvider.GetTimestamp();
    private long _count;
    private long _errors;

    /// <summary>A request was answered.</summary>
    /// <param name="duration">How long it took.</param>
    /// <param name="isError">Whether it failed by our fault.</param>
    public void Record(TimeSpan duration, bool isError)
    {
        lock (_gate)
        {
            _count++;
            _errors += isError ? 1 : 0;
            var number = Now();
            var slice = _slices[number % FiveMinuteSlices];
            if (slice.Number != number)
                slice.Begin(number);
            slice.Add(duration, isError);
        }
    }

    /// <summary>What was counted until now.</summary>
    public RequestCounts Read()
    {
        lock (_gate)
            return new(_count, _errors, Last(MinuteSlices), Last(FiveMinuteSlices));
    }

    // the slice that is being filled counts as one of them
    private RequestWindow Last(int slices)
    {
        var from = Now() - slices;
        var window = RequestWindow.Empty;
        foreach (var slice in _slices)
        {
            if (slice.Number > from && slice.Count > 0)
                window = window.Plus(slice.Read());
        }

        return window;
    }

    private long Now() => (long)timeProvider.GetElapsedTime(_startedAt).TotalSeconds / SliceSeconds;

    private sealed class Slice
    {
        private readonly long[] _latencyCounts = new long[LatencyBuckets.Count];
        private long _errors;
        private double _totalMs;

        public long Number { get; private set; }

        public long Count { get; private set; }

        public void Begin(long number)
        {
            (Number, Count, _errors, _totalMs) = (number, 0, 0, 0);
            Array.Clear(_latencyCounts);
        }

        public void Add(TimeSpan duration, bool isError)
        {
            Count++;
            _errors += isError ? 1 : 0;
            _totalMs += duration.TotalMilliseconds;
            _latencyCounts[LatencyBuckets.IndexOf(duration)]++;
        }

        public RequestWindow Read() => new(Count, _errors, _totalMs, [.. _latencyCounts]);
    }
}

/// <summary>The requests that this process measures, by name.</summary>
public sealed class RequestCounters(TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, RequestCounter> _counters = new();

    /// <summary>The counter of that name; callers that count often keep it.</summary>
    public RequestCounter Of(string name) => _counters.GetOrAdd(name, _ => new RequestCounter(timeProvider));

    /// <summary>All of them.</summary>
    public RequestStats Read() => new(_counters.ToDictionary(counter => counter.Key, counter => counter.Value.Read()));
}

/// <summary>Requests that a process measures.</summary>
/// <param name="Counters">By the name under which they are measured.</param>
public sealed record RequestStats(IReadOnlyDictionary<string, RequestCounts> Counters) : IStats
{
    /// <inheritdoc/>
    public static string Section => "requests";
}

/// <summary>What one counter counted.</summary>
/// <param name="Count">Requests since the process started.</param>
/// <param name="Errors">Those of them that failed by our fault.</param>
/// <param name="LastMinute">Of the last 60 s, a slice of 5 s more or less.</param>
/// <param name="LastFiveMinutes">Of the last 300 s, a slice of 5 s more or less.</param>
public sealed record RequestCounts(long Count, long Errors, RequestWindow LastMinute, RequestWindow LastFiveMinutes)
{
    /// <summary>Nothing was counted.</summary>
    public static RequestCounts None { get; } = new(0, 0, RequestWindow.Empty, RequestWindow.Empty);

    /// <summary>Both together.</summary>
    public RequestCounts Plus(RequestCounts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new(
            Count + other.Count, Errors + other.Errors, LastMinute.Plus(other.LastMinute),
            LastFiveMinutes.Plus(other.LastFiveMinutes));
    }
}

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

    /// <summary>
    /// The time in milliseconds that this part of them (0 to 1) did not exceed, as exact as the ranges; null when there was none.
    /// </summary>
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
