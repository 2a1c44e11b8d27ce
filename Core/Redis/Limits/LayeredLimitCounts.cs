namespace Switchboard.Core.Redis.Limits;

/// <summary>The checks of this process since it started.</summary>
/// <param name="Local">Answered by the process itself.</param>
/// <param name="Redis">Answered by Redis.</param>
/// <param name="Postgres">Answered by Postgres.</param>
/// <param name="Nobody">Answered by nobody: both were away.</param>
/// <param name="Refused">How many of all these were refused.</param>
public sealed record LayeredLimitCounts(long Local, long Redis, long Postgres, long Nobody, long Refused)
{
    /// <summary>All checks.</summary>
    public long Checks => Local + Redis + Postgres + Nobody;

    /// <summary>The part that was answered locally, from 0 to 1; 0 before the first check.</summary>
    public double LocalRate => Checks is > 0 and var all ? (double)Local / all : 0;
}
