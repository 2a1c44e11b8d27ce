namespace Switchboard.Core.Jobs;

/// <summary>What went wrong in one attempt of a job.</summary>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="At">When it failed.</param>
/// <param name="Error">What its handler said.</param>
public sealed record JobError(int Attempt, DateTimeOffset At, string Error)
{
    /// <summary>How many a job keeps, the latest: more than any policy has attempts.</summary>
    internal const int Most = 20;
}
