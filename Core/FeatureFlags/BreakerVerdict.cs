namespace Switchboard.Core.FeatureFlags;

/// <summary>What the safety switch says to a call.</summary>
internal enum BreakerVerdict
{
    /// <summary>Take the optimised path.</summary>
    Go,

    /// <summary>Take it, as the one call that tries whether it works again.</summary>
    Trial,

    /// <summary>Take the plain path.</summary>
    Fallback,
}
