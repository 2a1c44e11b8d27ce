using Switchboard.Core.Redis.Limits;

namespace Switchboard.Core.Diagnostics;

/// <summary>
/// Tells what the limiter, which counts from its start, did in the last minutes: by what it had counted then. Processes report themselves
/// every few seconds, so there is always a count of then.
/// </summary>
internal sealed class LimitMeter(Func<LayeredLimitCounts> read, TimeProvider timeProvider)
{
    private static readonly TimeSpan _span = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _apart = TimeSpan.FromSeconds(5);
    private static readonly LayeredLimitCounts _none = new(0, 0, 0, 0, 0);

    private readonly Lock _gate = new();
    private readonly Queue<(long At, LayeredLimitCounts Counts)> _samples = new();
    private LayeredLimitCounts _before = _none;
    private long _sampledAt;

    /// <summary>The stats as they are now.</summary>
    public LimitStats Read()
    {
        lock (_gate)
        {
            var counts = read();
            if (_samples.Count == 0 || timeProvider.GetElapsedTime(_sampledAt) >= _apart)
            {
                _sampledAt = timeProvider.GetTimestamp();
                _samples.Enqueue((_sampledAt, counts));
            }

            while (_samples.TryPeek(out var oldest) && timeProvider.GetElapsedTime(oldest.At) >= _span)
                _before = _samples.Dequeue().Counts;
            return new(counts, Since(counts, _before));
        }
    }

    private static LayeredLimitCounts Since(LayeredLimitCounts now, LayeredLimitCounts then) => new(
        now.Local - then.Local, now.Redis - then.Redis, now.Postgres - then.Postgres, now.Unanswered - then.Unanswered,
        now.Refused - then.Refused);
}

/// <summary>The checks of providers' limits by a process.</summary>
/// <param name="Total">Since it started.</param>
/// <param name="LastFiveMinutes">In the last 300 s, a few more or less.</param>
public sealed record LimitStats(LayeredLimitCounts Total, LayeredLimitCounts LastFiveMinutes) : IStats
{
    /// <inheritdoc/>
    public static string Section => "limits";
}
