namespace Switchboard.Core.Jobs;

/// <summary>How often a job is tried, and how long it waits in between.</summary>
/// <param name="MaxAttempts">The attempts in all, the first included.</param>
/// <param name="BaseDelay">The wait after the first failed attempt, before jitter.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan BaseDelay)
{
    /// <summary>The wait is spread by up to this part of it, so that what failed together doesn't come back together.</summary>
    public const double Jitter = 0.1;

    /// <summary>No wait grows beyond this, before jitter.</summary>
    public static readonly TimeSpan MaxDelay = TimeSpan.FromHours(6);

    /// <summary>The policy of a priority: the more urgent, the fewer attempts and the shorter the waits.</summary>
    public static RetryPolicy For(JobPriority priority) => priority switch
    {
        JobPriority.Critical => new(3, TimeSpan.FromSeconds(2)),
        JobPriority.High => new(5, TimeSpan.FromSeconds(5)),
        JobPriority.Normal => new(5, TimeSpan.FromSeconds(10)),
        JobPriority.Low => new(10, TimeSpan.FromSeconds(15)),
        JobPriority.VeryLow => new(15, TimeSpan.FromSeconds(30)),
        _ => throw new ArgumentOutOfRangeException(nameof(priority), priority, "No such priority."),
    };

    /// <summary>The wait after an attempt that failed.</summary>
    /// <param name="attempt">Which attempt failed, from 1.</param>
    /// <param name="backoff">How the wait grows.</param>
    /// <param name="random">From 0 to 1: where in the jitter's range the wait falls.</param>
    public TimeSpan DelayAfter(int attempt, Backoff backoff, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempt, 1);
        var factor = backoff == Backoff.Linear ? attempt : Math.Pow(2, attempt - 1);
        var delay = Math.Min(BaseDelay.TotalSeconds * factor, MaxDelay.TotalSeconds);
        return TimeSpan.FromSeconds(delay * (1 + Jitter * (2 * random - 1)));
    }
}

/// <summary>How the wait between the attempts of a job grows.</summary>
public enum Backoff
{
    /// <summary>Base, 2 × base, 4 × base, …</summary>
    Exponential,

    /// <summary>Base, 2 × base, 3 × base, …</summary>
    Linear,
}
