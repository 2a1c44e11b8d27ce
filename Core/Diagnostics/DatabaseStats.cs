namespace Switchboard.Core.Diagnostics;

/// <summary>A process's connections to Postgres.</summary>
/// <param name="Idle">Open, and nobody has them.</param>
/// <param name="Busy">Open, and somebody has them.</param>
/// <param name="Waiting">How many wait for one.</param>
/// <param name="Max">How many may be open.</param>
public sealed record DatabaseStats(int Idle, int Busy, int Waiting, int Max) : IStats
{
    /// <inheritdoc/>
    public static string Section => "database";

    /// <summary>How many are open.</summary>
    public int Total => Idle + Busy;
}
