namespace Switchboard.Load.Driving;

/// <summary>The time since the load began, from the monotonic clock, and what the wall clock says to it.</summary>
internal sealed class LoadClock(TimeProvider time)
{
    private readonly long _startTimestamp = time.GetTimestamp();
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public TimeSpan Elapsed => time.GetElapsedTime(_startTimestamp);

    public DateTimeOffset At(TimeSpan elapsed) => _startedAt + elapsed;

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, time, cancellation);
}
