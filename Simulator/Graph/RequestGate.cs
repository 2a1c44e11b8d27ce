namespace Switchboard.Simulator.Graph;

/// <summary>
/// The limits of Outlook for an application and a mailbox: so many requests at once, so many within any ten minutes. Each request of a
/// batch counts; one that is refused takes nothing of the window, so that whoever waits as long as told comes in.
/// </summary>
internal sealed class RequestGate(GraphLimits limits, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Queue<DateTimeOffset> _taken = new();
    private int _active;
    private GateCounts _counts;

    public GateCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _counts;
            }
        }
    }

    /// <summary>Lets a request in, or says why not.</summary>
    /// <returns>Its place, to be given back; null when it is refused.</returns>
    public GateEntry? TryEnter(out Refusal? refusal)
    {
        var settings = limits.Current;
        var (now, window) = (time.GetUtcNow(), TimeSpan.FromSeconds(settings.WindowSeconds!.Value));
        lock (_lock)
        {
            while (_taken.TryPeek(out var oldest) && oldest + window <= now)
            {
                _taken.Dequeue();
            }

            _counts = _counts with { Requests = _counts.Requests + 1, PeakConcurrency = Math.Max(_counts.PeakConcurrency, _active + 1) };
            if (_active >= settings.MaxConcurrentRequests)
            {
                _counts = _counts with { OverConcurrency = _counts.OverConcurrency + 1 };
                refusal = new Refusal("MailboxConcurrency", 1);
                return null;
            }

            if (_taken.Count >= settings.MaxRequestsInWindow)
            {
                _counts = _counts with { OverWindow = _counts.OverWindow + 1 };
                refusal = new Refusal("RequestsPerWindow", (int)Math.Ceiling((_taken.Peek() + window - now).TotalSeconds));
                return null;
            }

            _taken.Enqueue(now);
            _active++;
            refusal = null;
            return new GateEntry(this);
        }
    }

    internal void Leave()
    {
        lock (_lock)
        {
            _active--;
        }
    }
}
