namespace Switchboard.Core.Diagnostics;

/// <summary>Counts the mails that a process records, so that those of the last hour can be told.</summary>
public sealed class MailCounter(TimeProvider time)
{
    private const int Minutes = 60;

    private readonly Lock _gate = new();
    private readonly (long Minute, long Mails)[] _minutes = new (long, long)[Minutes];
    private readonly long _startedAt = time.GetTimestamp();
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

    private long Now() => (long)time.GetElapsedTime(_startedAt).TotalMinutes;
}
