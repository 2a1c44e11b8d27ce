using System.ComponentModel.DataAnnotations;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The safety switch and the shadows; section <c>Rollout</c>. The flags themselves have flat names (<see cref="Feature.Flag"/>).
/// </summary>
public sealed class RolloutOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollout";

    /// <summary>After how many failures in a row an optimisation is turned off.</summary>
    [Range(1, 1_000)]
    public int FailuresInARow { get; set; } = 5;

    /// <summary>For how long it is then off, before one call tries it again.</summary>
    [Range(1, 86_400)]
    public int OffSeconds { get; set; } = 300;

    /// <summary>How many shadows run at the same time in the process, of all features; above that calls go without.</summary>
    [Range(1, 1_000)]
    public int ConcurrentShadows { get; set; } = 4;

    /// <summary>When a shadow is ended.</summary>
    [Range(1, 600)]
    public int ShadowTimeoutSeconds { get; set; } = 30;

    /// <summary>The time between two log lines about differences of one feature; all are counted.</summary>
    [Range(0, 3_600)]
    public int DifferenceLogSeconds { get; set; } = 1;
}
