namespace Switchboard.Simulator.Gmail;

/// <summary>
/// Hands out history ids: microseconds of the clock, each larger than the one before. So they are larger in each new run,
/// and an id of a former run is one that nobody knows any more.
/// </summary>
internal sealed class HistoryIds(TimeProvider time)
{
    private long _last;

    public long Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
            {
                return next;
            }
        }
    }
}
