namespace Switchboard.Core.Diagnostics;

/// <summary>Counts the mails that a process records, so that those of the last hour can be told.</summary>
public sealed class MailCounter(TimeProvider timeProvider)
{
    private const int Minutes = 60;

    private readonly Lock _gate = new();
    private readonly (long Minute, long Mails)[] _minutes = new (long, long)[Minutes];
    private readonly long _startedAt = timeProvider.GetTimestamp();
    private long _mails;

    /// <summary>So many mails were written.</summary>
    public void Recorded(int mails)
    {
        lock (_gate)
        {
            _mails += mails;
            var now = Now();
            ref var minute = ref _minutes[now % Minutes];
            minute = (now, mails + (minute.Minute == now ? minute.Mails : 0));
        }
    }

    /// <summary>What was counted until now.</summary>
    public MailStats Read()
    {
        lock (_gate)
        {
            var from = Now() - Minutes;
            return new(_mails, _minutes.Where(minute => minute.Minute > from).Sum(minute => minute.Mails));
        }
    }

    private long Now() => (long)timeProvider.GetElapsedTime(_startedAt).TotalMinutes;
}

/// <summary>The mails that a process recorded.</summary>
/// <param name="Total">Since it started.</param>
/// <param name="LastHour">In the last 60 minutes, a minute more or less.</param>
public sealed record MailStats(long Total, long LastHour) : IStats
{
    /// <inheritdoc/>
    public static string Section => "mails";
}
