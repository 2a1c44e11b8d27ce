namespace Switchboard.Core.Rollout;

/// <summary>What the safety switch says to a call.</summary>
internal enum SwitchVerdict
{
    /// <summary>Take the optimised path.</summary>
    Go,

    /// <summary>Take it, as the one call that tries whether it works again.</summary>
    Trial,

    /// <summary>Take the plain path.</summary>
    Fallback,
}
