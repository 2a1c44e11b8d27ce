using System.Collections.Concurrent;

namespace Switchboard.Core.Redis.Limits;

/// <summary>So many permits in any span of time of this length.</summary>
/// <param name="Permits">How many, at least 1.</param>
/// <param name="Window">The length of the span.</param>
public sealed record RateLimit(int Permits, TimeSpan Window);

/// <summary>The answer of a rate limiter.</summary>
/// <param name="IsAllowed">Whether at least one permit was granted (<c>AcquireAsync</c>: all of them).</param>
/// <param name="Granted">How many permits were granted.</param>
/// <param name="Remaining">How many are left at the moment.</param>
/// <param name="ResetAfter">The time until all permits are free again, if none is taken meanwhile.</param>
/// <param name="RetryAfter">The time until what was not granted can be; zero if all was.</param>
public readonly record struct RateLimitResult(bool IsAllowed, int Granted, int Remaining, TimeSpan ResetAfter, TimeSpan RetryAfter);

/// <summary>
/// A sliding window: the grants of the last <see cref="RateLimit.Window"/>, in spans. Grants within the same 32nd of the
/// window share a span and count until the window after the span's last grant is over. So no window of time, wherever it begins,
/// ever holds more than the limit; a permit comes back at most a 32nd of the window late; and the state is small
/// however many permits there are (an exact log keeps an entry for each, two weighted counters can exceed the limit).
/// <see cref="RateLimitScript"/> is the same in Lua.
/// </summary>
internal sealed class SlidingWindow(RateLimit limit)
{
    public const int Spans = 32;

    private readonly long _window = (long)limit.Window.TotalMicroseconds;
    private readonly Queue<Span> _spans = new();
    private Span? _newest;
    private int _used;

    /// <summary>When the last grant leaves the window, in microseconds.</summary>
    public long EndsAt => _newest is null ? long.MinValue : _newest.Last + _window;

    /// <summary>Takes permits.</summary>
    /// <param name="now">The time in microseconds, from any beginning; never less than before.</param>
    /// <param name="permits">How many.</param>
    /// <param name="partial">Whether fewer may be granted.</param>
    public RateLimitResult Acquire(long now, int permits, bool partial)
    {
        while (_spans.TryPeek(out var oldest) && oldest.Last + _window <= now)
            _used -= _spans.Dequeue().Count;
        var free = Math.Max(0, limit.Permits - _used);
        var granted = permits <= free ? permits : partial ? free : 0;
        if (granted > 0)
            Add(now, granted);
        return new RateLimitResult(
            granted > 0,
            granted,
            Math.Max(0, limit.Permits - _used),
            _used == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(EndsAt - now),
            granted == permits ? TimeSpan.Zero : TimeSpan.FromMicroseconds(FreeAt(partial ? 1 : permits) - now));
    }

    private void Add(long now, int granted)
    {
        if (_spans.Count == 0 || now - _newest!.First >= _window / Spans)
            _spans.Enqueue(_newest = new Span(now));
        _newest.Last = now;
        _newest.Count += granted;
        _used += granted;
    }

    private long FreeAt(int permits)
    {
        var free = limit.Permits - _used;
        foreach (var span in _spans)
        {
            free += span.Count;
            if (free >= permits)
                return span.Last + _window;
        }

        return EndsAt;
    }

    private sealed class Span(long first)
    {
        public long First { get; } = first;

        public long Last { get; set; } = first;

        public int Count { get; set; }
    }
}

/// <summary>The sliding windows of this process, for while Redis is unavailable.</summary>
internal sealed class LocalWindows(TimeProvider timeProvider)
{
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<(string Key, RateLimit Limit), SlidingWindow> _windows = new();
    private int _calls;

    public int Count => _windows.Count;

    public RateLimitResult Acquire(string key, RateLimit limit, int permits, bool partial)
    {
        var now = (long)timeProvider.GetElapsedTime(0).TotalMicroseconds;
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
