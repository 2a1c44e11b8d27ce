using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>What counts as healthy; section <c>Performance</c>.</summary>
internal sealed class PerformanceOptions
{
    public const string Section = "Performance";

    /// <summary>
    /// The share of the lookups of numbers, 0 to 1, that the caches must answer. Lower where many more numbers send texts than the caches
    /// hold; 0 looks at everything else alone.
    /// </summary>
    [Range(0.0, 1.0, ErrorMessage = "Performance:MinCacheHitRate must be from 0 to 1.")]
    public double MinCacheHitRate { get; init; } = 0.5;
}
