using Switchboard.Core.Jobs;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Counts requests by slices of 5 s, so that the last minutes can be told. <see cref="Record"/> allocates nothing.
/// </summary>
public sealed class RequestCounter(TimeProvider time)
{
    private const int SliceSeconds = 5;
    private const int MinuteSlices = 60 / SliceSeconds;
    private const int FiveMinuteSlices = 300 / SliceSeconds;

    private readonly Lock _gate = new();
    private readonly Slice[] _slices = [.. Enumerable.Range(0, FiveMinuteSlices).Select(_ => new Slice())];
    private readonly long _startedAt = time.GetTimestamp();
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

    private long Now() => (long)time.GetElapsedTime(_startedAt).TotalSeconds / SliceSeconds;

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
