using System.Diagnostics;

namespace Switchboard.Tests.Redis;

/// <summary>What a process was given. Times are of the machine's monotonic clock.</summary>
/// <param name="Taken">Of permits: before it was asked and after the answer. Of slots: while it was certainly held.</param>
/// <param name="Checks">All checks.</param>
/// <param name="Local">Those that the process answered itself.</param>
/// <param name="Refused">Those that were refused.</param>
/// <param name="MedianMicros">The median of their durations.</param>
internal sealed record HammerReport(
    IReadOnlyList<(long From, long To, string By)> Taken, long Checks, long Local, long Refused, long MedianMicros)
{
    /// <summary>The most permits that were certainly granted within one window: asked for after it began, answered before it ended.</summary>
    public static int MostIn(TimeSpan window, IEnumerable<HammerReport> reports)
    {
        var length = (long)(window.TotalSeconds * Stopwatch.Frequency);
        var grants = reports.SelectMany(report => report.Taken).OrderBy(grant => grant.From).ToList();
        var inside = new PriorityQueue<long, long>();
        var most = 0;
        for (var first = grants.Count - 1; first >= 0; first--)
        {
            // windows from the last to the first: grants come in from the front and leave when their answer is past the window's end
            inside.Enqueue(grants[first].To, -grants[first].To);
            while (inside.TryPeek(out var latest, out _) && latest > grants[first].From + length)
                inside.Dequeue();
            most = Math.Max(most, inside.Count);
        }

        return most;
    }

    /// <summary>The most slots that were certainly held at one moment.</summary>
    public static int MostAtOnce(IEnumerable<HammerReport> reports)
    {
        var (now, most) = (0, 0);
        foreach (var (_, change) in reports.SelectMany(report => report.Taken)
                     .SelectMany(slot => new[] { (At: slot.From, Change: 1), (At: slot.To, Change: -1) })
                     .OrderBy(change => change.At).ThenBy(change => change.Change))
            most = Math.Max(most, now += change);
        return most;
    }
}
