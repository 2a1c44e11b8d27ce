using System.Collections.Concurrent;

namespace Switchboard.Edge.Api.Sms.Messages;

/// <summary>The windows of this process, for while Redis is away.</summary>
internal sealed class SmsWindows(int limit, TimeSpan window, TimeProvider time)
{
    private const int SweepEvery = 1024;

    private readonly ConcurrentDictionary<string, SmsWindow> _windows = new();
    private int _calls;

    public SmsPermit Take(string number, string sid)
    {
        var now = time.GetElapsedTime(0);
        if (Interlocked.Increment(ref _calls) % SweepEvery == 0)
            Sweep(now);
        var texts = _windows.GetOrAdd(number, static (_, rules) => new SmsWindow(rules.limit, rules.window), (limit, window));
        lock (texts)
            return texts.Take(sid, now);
    }

    // A window dropped between its lookup and its lock had nothing that still counts: at most one text goes uncounted.
    private void Sweep(TimeSpan now)
    {
        foreach (var (number, texts) in _windows)
        {
            lock (texts)
            {
                if (texts.IsEmpty(now))
                    _windows.TryRemove(number, out _);
            }
        }
    }
}
