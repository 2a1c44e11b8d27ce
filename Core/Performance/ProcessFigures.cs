namespace Switchboard.Core.Performance;

/// <summary>The process as a whole.</summary>
/// <param name="StartedAt">When it started.</param>
/// <param name="WorkingSetBytes">Its memory now.</param>
/// <param name="PeakWorkingSetBytes">The most that it had.</param>
public sealed record ProcessFigures(DateTimeOffset StartedAt, long WorkingSetBytes, long PeakWorkingSetBytes) : IFigures
{
    /// <inheritdoc/>
    public static string Section => "process";
}
