namespace Switchboard.Core.FeatureFlags;

/// <summary>Which way a call goes: a pure decision.</summary>
internal static class RolloutDecision
{
    /// <summary>
    /// Off means off, shadow included: who turns a flag off at night wants nothing of it to run. In shadow the safety switch is not
    /// asked, because nothing depends on the optimised path; and a call that cannot be compared takes the plain path alone.
    /// </summary>
    /// <param name="isOn">Whether the flag is on for this account.</param>
    /// <param name="shadow">Whether it only runs beside the plain path.</param>
    /// <param name="comparable">Whether this call can tell differences.</param>
    /// <param name="ask">Asks the safety switch; called only when its answer counts.</param>
    public static RolloutPath For(bool isOn, bool shadow, bool comparable, Func<BreakerVerdict> ask) =>
        !isOn ? RolloutPath.Plain
        : shadow ? comparable ? RolloutPath.Shadow : RolloutPath.Plain
        : ask() switch
        {
            BreakerVerdict.Go => RolloutPath.Optimised,
            BreakerVerdict.Trial => RolloutPath.Trial,
            _ => RolloutPath.Tripped,
        };
}
