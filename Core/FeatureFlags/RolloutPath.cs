namespace Switchboard.Core.FeatureFlags;

/// <summary>Which way a call goes.</summary>
internal enum RolloutPath
{
    /// <summary>The flag is off: the plain path.</summary>
    Plain,

    /// <summary>The flag is on, but the safety switch is off: the plain path.</summary>
    Tripped,

    /// <summary>The optimised path, and the plain one if it fails.</summary>
    Optimised,

    /// <summary>The same, as the one call that tries whether it works again.</summary>
    Trial,

    /// <summary>The plain path answers, the optimised one runs beside it and is compared.</summary>
    Shadow,
}
