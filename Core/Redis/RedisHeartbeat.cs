namespace Switchboard.Core.Redis;

/// <summary>
/// Judges by heartbeats whether Redis answers. Silence is counted in ticks of the process's own timer, never by the clock: on a busy
/// machine the timer is late too, and a late tick counts as one. So Redis that hangs is noticed after <paramref name="downAfter"/> on a
/// machine with time to spare, later on a busy one, and a process that stood still for a minute takes nothing for an outage.
/// </summary>
/// <param name="interval">The time between two ticks.</param>
/// <param name="downAfter">How long Redis may leave heartbeats unanswered.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class RedisHeartbeat(TimeSpan interval, TimeSpan downAfter, TimeProvider timeProvider)
{
    private const int LeastMissed = 3;

    private readonly int _mostMissed = Math.Max(LeastMissed, (int)Math.Ceiling(downAfter / interval));
    private int _missed;
    private int _answered;
    private long _tickedAt = timeProvider.GetTimestamp();
    private long _delayTicks;

    /// <summary>Whether so many ticks passed in a row without an answer that Redis counts as unavailable.</summary>
    public bool IsSilent => Volatile.Read(ref _missed) >= _mostMissed;

    /// <summary>How late the last tick was: what the machine's load adds to every wait.</summary>
    public TimeSpan Delay => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));

    /// <summary>A heartbeat was answered.</summary>
    public void Answer()
    {
        Volatile.Write(ref _answered, 1);
        Volatile.Write(ref _missed, 0);
    }

    /// <summary>The timer fired; a heartbeat has been under way since the last time.</summary>
    public void Tick()
    {
        var now = timeProvider.GetTimestamp();
        var late = timeProvider.GetElapsedTime(_tickedAt, now) - interval;
        Volatile.Write(ref _delayTicks, Math.Max(0, late.Ticks));
        _tickedAt = now;
        if (Interlocked.Exchange(ref _answered, 0) == 0)
            Interlocked.Increment(ref _missed);
    }
}
