using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Graph;

/// <summary>What mailboxes bear now: as the options say, until a control call says otherwise.</summary>
internal sealed class GraphLimits(IOptions<GraphOptions> options)
{
    private volatile LimitSettings _current = Of(options.Value);

    public LimitSettings Current => _current;

    public TimeSpan Latency => TimeSpan.FromMilliseconds(_current.LatencyMs!.Value);

    public void Change(LimitSettings change) => _current = _current.Merge(change);

    public void Reset() => _current = Of(options.Value);

    private static LimitSettings Of(GraphOptions options) => new(
        options.MaxConcurrentRequests, options.MaxRequestsInWindow, options.WindowSeconds, options.BatchConcurrency, options.LatencyMilliseconds);
}
