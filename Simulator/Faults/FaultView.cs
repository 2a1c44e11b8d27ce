namespace Switchboard.Simulator.Faults;

/// <summary>
/// A fault in the answers of control calls. <c>left</c>: how many requests it still strikes, null for all until it is deleted;
/// <c>hits</c>: how many it struck.
/// </summary>
internal sealed record FaultView(
    int Id, string Provider, string Mode, int? Status, string? Code, double Rate, int LatencyMs, int? RetryAfterSeconds, int? Left, int Hits)
{
    public static FaultView Of(Fault fault) => new(
        fault.Id,
        fault.Provider,
        fault.Mode.Name(),
        fault.Status,
        fault.Code,
        fault.Rate,
        (int)fault.Latency.TotalMilliseconds,
        fault.RetryAfterSeconds,
        fault.Left,
        fault.Hits);
}
