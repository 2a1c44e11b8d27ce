using System.Collections.Concurrent;

namespace Switchboard.Simulator.Social;

/// <summary>
/// A limit of so many in a span of time, counted for each who is named; the span begins with the first, or is a day of UTC.
/// </summary>
internal sealed class Quota(TimeProvider timeProvider, TimeSpan span, bool fromMidnight = false)
{
    private readonly ConcurrentDictionary<string, Window> _windows = new();

    /// <summary>Takes some of it, if there is enough left.</summary>
    public QuotaState Take(string key, int limit, int cost = 1)
    {
        var window = _windows.GetOrAdd(key, _ => new Window());
        lock (window)
        {
            var now = timeProvider.GetUtcNow();
            if (now >= window.EndsAt)
            {
                window.EndsAt = (fromMidnight ? new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero) : now) + span;
                window.Used = 0;
            }

            var isTaken = window.Used + cost <= limit;
            if (isTaken)
            {
                window.Used += cost;
            }

            return new(isTaken, limit, Math.Max(0, limit - window.Used), window.EndsAt);
        }
    }

    public void Clear() => _windows.Clear();

    private sealed class Window
    {
        public DateTimeOffset EndsAt { get; set; }

        public int Used { get; set; }
    }
}

/// <summary>What is left of a limit.</summary>
internal readonly record struct QuotaState(bool IsTaken, int Limit, int Remaining, DateTimeOffset ResetsAt)
{
    public int Used => Limit - Remaining;
}
