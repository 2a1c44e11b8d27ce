namespace Switchboard.Edge.Api.Platform;

internal static class TimeExtensions
{
    /// <summary>The time as Postgres keeps it: whole microseconds. What is answered now is the same when it is read.</summary>
    public static DateTimeOffset ToStorable(this DateTimeOffset time) =>
        new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
