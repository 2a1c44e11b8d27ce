namespace Switchboard.Core.Redis.Limits;

/// <summary>The process's own clock, which is never set, in microseconds.</summary>
internal static class LimitClock
{
    public static long NowMicros(this TimeProvider time) => (long)time.GetElapsedTime(0).TotalMicroseconds;

    public static long Micros(this TimeSpan span) => (long)span.TotalMicroseconds;
}
