namespace Switchboard.Core.Diagnostics;

/// <summary>The process as a whole.</summary>
/// <param name="StartedAt">When it started.</param>
/// <param name="WorkingSetBytes">Its memory now.</param>
/// <param name="PeakWorkingSetBytes">The most that it had.</param>
public sealed record ProcessStats(DateTimeOffset StartedAt, long WorkingSetBytes, long PeakWorkingSetBytes) : IStats
{
    /// <inheritdoc/>
    public static string Section => "process";
}
