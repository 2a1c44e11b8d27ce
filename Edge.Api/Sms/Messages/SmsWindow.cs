namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>
/// The texts of one number that count: those of the last hour, each by its SID, so that the provider's retry of one is granted again
/// and counts once. Texts that are refused don't count. <see cref="SmsLimitScript"/> is the same in Lua.
/// </summary>
internal sealed class SmsWindow(int limit, TimeSpan window)
{
    private readonly Queue<(string Sid, TimeSpan At)> _byTime = new();
    private readonly HashSet<string> _sids = [];

    /// <summary>Whether nothing counts any more.</summary>
    public bool IsEmpty(TimeSpan now)
    {
        Forget(now);
        return _byTime.Count == 0;
    }

    /// <summary>Counts a text if there is room for it.</summary>
    /// <param name="sid">The text.</param>
    /// <param name="now">The time, from any beginning; never less than before.</param>
    public SmsPermit Take(string sid, TimeSpan now)
    {
        Forget(now);
        if (_sids.Contains(sid))
            return SmsPermit.Granted;
        if (_byTime.Count >= limit)
            return SmsPermit.Refused(_byTime.Peek().At + window - now);
        _sids.Add(sid);
        _byTime.Enqueue((sid, now));
        return SmsPermit.Granted;
    }

    private void Forget(TimeSpan now)
    {
        while (_byTime.TryPeek(out var oldest) && oldest.At + window <= now)
            _sids.Remove(_byTime.Dequeue().Sid);
    }
}
