using Switchboard.Core.Redis.Limits;

namespace Switchboard.Core.Diagnostics;

/// <summary>The checks of providers' limits by a process.</summary>
/// <param name="Total">Since it started.</param>
/// <param name="LastFiveMinutes">In the last 300 s, a few more or less.</param>
public sealed record LimitStats(LayeredLimitCounts Total, LayeredLimitCounts LastFiveMinutes) : IStats
{
    /// <inheritdoc/>
    public static string Section => "limits";
}
