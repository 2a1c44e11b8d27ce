using System.Collections.Concurrent;

namespace Switchboard.Core.Redis.Limits;

/// <summary>The sliding windows of this process, for while Redis is away.</summary>
internal sealed class LocalWindows(TimeProvider time)
{
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<(string Key, RateLimit Limit), SlidingWindow> _windows = new();
    private int _calls;

    public int Count => _windows.Count;

    public RateLimitResult Acquire(string key, RateLimit limit, int permits, bool partial)
    {
        var now = (long)time.GetElapsedTime(0).TotalMicroseconds;
        if (Interlocked.Increment(ref _calls) % SweepEvery == 0)
            Sweep(now);
        var window = _windows.GetOrAdd((key, limit), static id => new SlidingWindow(id.Limit));
        lock (window)
            return window.Acquire(now, permits, partial);
    }

    // A window dropped between its lookup and its lock had no grants that still count: at most one grant goes unremembered.
    private void Sweep(long now)
    {
        foreach (var (id, window) in _windows)
        {
            lock (window)
            {
                if (window.EndsAt <= now)
                    _windows.TryRemove(id, out _);
            }
        }
    }
}
