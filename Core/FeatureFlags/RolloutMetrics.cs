using System.Diagnostics.Metrics;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The meter <c>Switchboard.Rollout</c>, each with <c>flag</c>: <c>switchboard.rollout.fallbacks</c> (calls that the plain path served
/// although the flag is on, with <c>reason</c> failed or tripped), <c>switchboard.rollout.flips</c> (of the circuit breaker, with <c>to</c>
/// off or on), <c>switchboard.rollout.shadows</c> (with <c>result</c> same, different, failed or skipped) and
/// <c>switchboard.rollout.percentage</c> (for how many of a hundred accounts it is on by its flat names; 0 is off).
/// </summary>
internal sealed class RolloutMetrics
{
    public const string MeterName = "Switchboard.Rollout";

    private readonly Counter<long> _fallbacks;
    private readonly Counter<long> _flips;
    private readonly Counter<long> _shadows;

    public RolloutMetrics(IMeterFactory meters, RolloutFlags flags)
    {
        var meter = meters.Create(MeterName);
        _fallbacks = meter.CreateCounter<long>(
            "switchboard.rollout.fallbacks", description: "Calls served by the plain path although the flag is on");
        _flips = meter.CreateCounter<long>("switchboard.rollout.flips", description: "Flips of the circuit breaker");
        _shadows = meter.CreateCounter<long>("switchboard.rollout.shadows", description: "Optimised paths that ran beside the plain one");
        meter.CreateObservableGauge(
            "switchboard.rollout.percentage",
            () => Feature.All.Select(feature => Percentage(feature.Flag, flags)),
            description: "Accounts for whom the flag is on");
    }

    public void Fallback(string flag, string reason) => _fallbacks.Add(1, new("flag", flag), new("reason", reason));

    public void Flip(string flag, string to) => _flips.Add(1, new("flag", flag), new("to", to));

    public void Shadow(string flag, string result) => _shadows.Add(1, new("flag", flag), new("result", result));

    private static Measurement<int> Percentage(string flag, RolloutFlags flags) =>
        new(flags.Of(flag) is { Enabled: true } on ? on.Percentage : 0, new KeyValuePair<string, object?>("flag", flag));
}
