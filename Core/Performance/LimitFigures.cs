using Switchboard.Core.Limits.Layers;

namespace Switchboard.Core.Performance;

/// <summary>The checks of providers' limits by a process.</summary>
/// <param name="Total">Since it started.</param>
/// <param name="LastFiveMinutes">In the last 300 s, a few more or less.</param>
public sealed record LimitFigures(LayeredLimitCounts Total, LayeredLimitCounts LastFiveMinutes) : IFigures
{
    /// <inheritdoc/>
    public static string Section => "limits";
}
