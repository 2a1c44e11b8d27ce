namespace Switchboard.Load.Driving;

/// <summary>
/// An open loop: when each request is to be sent, whatever became of those before. Latency counts from then, so that a server
/// that holds up its callers does not look fast for the requests that it kept from being sent.
/// </summary>
/// <param name="ratePerSecond">Requests a second, evenly spread.</param>
internal sealed class SendSchedule(double ratePerSecond)
{
    private readonly double _ticksBetween = TimeSpan.TicksPerSecond / ratePerSecond;

    /// <summary>When the request with this number, from 0, is to be sent, counted from the start.</summary>
    public TimeSpan DueAfter(long number) => TimeSpan.FromTicks((long)(number * _ticksBetween));

    /// <summary>How many are to be sent before so much time is over.</summary>
    public long CountWithin(TimeSpan duration) => (long)Math.Ceiling(duration.Ticks / _ticksBetween);
}
