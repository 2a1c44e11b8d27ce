using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>
/// The limits of Outlook for an application and a mailbox: so many requests at once, so many within any ten minutes. Each request of a
/// batch counts; one that is refused takes nothing of the window, so that whoever waits as long as told comes in.
/// </summary>
internal sealed class RequestGate(GraphLimits limits, TimeProvider timeProvider)
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
        var (now, window) = (timeProvider.GetUtcNow(), TimeSpan.FromSeconds(settings.WindowSeconds!.Value));
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

/// <summary>The place of a request that was let in; to be disposed of when its answer is written.</summary>
internal sealed class GateEntry(RequestGate gate) : IDisposable
{
    private int _left;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            gate.Leave();
        }
    }
}

/// <summary>Why a mailbox takes no request now: <c>MailboxConcurrency</c> or <c>RequestsPerWindow</c>, and when it will.</summary>
internal sealed record Refusal(string Limit, int RetryAfterSeconds);

/// <summary>What came to a mailbox: requests in all, the most at once, and how many were refused for which limit.</summary>
internal readonly record struct GateCounts(long Requests, int PeakConcurrency, long OverConcurrency, long OverWindow);

/// <summary>The limits of mailboxes: as the options say, until a control call says otherwise.</summary>
internal sealed class GraphLimits(IOptions<GraphOptions> options)
{
    private volatile LimitSettings _current = Of(options.Value);

    public LimitSettings Current => _current;

    public TimeSpan Latency => TimeSpan.FromMilliseconds(_current.LatencyMs!.Value);

    public void Change(LimitSettings change) => _current = _current.Merge(change);

    public void Reset() => _current = Of(options.Value);

    private static LimitSettings Of(GraphOptions options) => new(
        options.MaxConcurrentRequests, options.MaxRequestsInWindow, options.WindowSeconds, options.BatchConcurrency,
        options.LatencyMilliseconds);
}

/// <summary>The limits of a mailbox: the body and the answer of <c>POST /_sim/graph/limits</c>; what is left out stays as it is.</summary>
/// <param name="MaxConcurrentRequests">How many requests it serves at once.</param>
/// <param name="MaxRequestsInWindow">How many it takes within the window.</param>
/// <param name="WindowSeconds">How long the window is.</param>
/// <param name="BatchConcurrency">How many requests of a batch are served at once.</param>
/// <param name="LatencyMs">How long it takes for a request.</param>
internal sealed record LimitSettings(
    int? MaxConcurrentRequests = null, int? MaxRequestsInWindow = null, int? WindowSeconds = null, int? BatchConcurrency = null,
    int? LatencyMs = null)
{
    public LimitSettings Merge(LimitSettings change) => new(
        change.MaxConcurrentRequests ?? MaxConcurrentRequests,
        change.MaxRequestsInWindow ?? MaxRequestsInWindow,
        change.WindowSeconds ?? WindowSeconds,
        change.BatchConcurrency ?? BatchConcurrency,
        change.LatencyMs ?? LatencyMs);

    public FieldErrors Errors()
    {
        var errors = new FieldErrors();
        Check("maxConcurrentRequests", MaxConcurrentRequests, 1, 1000);
        Check("maxRequestsInWindow", MaxRequestsInWindow, 1, 10_000_000);
        Check("windowSeconds", WindowSeconds, 1, 86_400);
        Check("batchConcurrency", BatchConcurrency, 1, 20);
        Check("latencyMs", LatencyMs, 0, 60_000);
        return errors;

        void Check(string field, int? value, int least, int most) =>
            errors.Check(field, !(value < least || value > most), $"Use {least} to {most}.");
    }
}
