namespace Switchboard.Simulator.Graph;

/// <summary>What a mailbox bears: the body and the answer of <c>POST /_sim/graph/limits</c>; what is left out stays as it is.</summary>
/// <param name="MaxConcurrentRequests">How many requests it serves at once.</param>
/// <param name="MaxRequestsInWindow">How many it takes within the window.</param>
/// <param name="WindowSeconds">How long the window is.</param>
/// <param name="BatchConcurrency">How many requests of a batch are served at once.</param>
/// <param name="LatencyMs">How long it takes for a request.</param>
internal sealed record LimitSettings(
    int? MaxConcurrentRequests = null, int? MaxRequestsInWindow = null, int? WindowSeconds = null, int? BatchConcurrency = null, int? LatencyMs = null)
{
    public LimitSettings Merge(LimitSettings change) => new(
        change.MaxConcurrentRequests ?? MaxConcurrentRequests,
        change.MaxRequestsInWindow ?? MaxRequestsInWindow,
        change.WindowSeconds ?? WindowSeconds,
        change.BatchConcurrency ?? BatchConcurrency,
        change.LatencyMs ?? LatencyMs);

    public Dictionary<string, string[]> Errors()
    {
        var errors = new Dictionary<string, string[]>();
        Check("maxConcurrentRequests", MaxConcurrentRequests, 1, 1000);
        Check("maxRequestsInWindow", MaxRequestsInWindow, 1, 10_000_000);
        Check("windowSeconds", WindowSeconds, 1, 86_400);
        Check("batchConcurrency", BatchConcurrency, 1, 20);
        Check("latencyMs", LatencyMs, 0, 60_000);
        return errors;

        void Check(string field, int? value, int least, int most)
        {
            if (value < least || value > most)
            {
                errors[field] = [$"Use {least} to {most}."];
            }
        }
    }
}
