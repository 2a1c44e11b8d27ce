namespace Switchboard.Core.Jobs;

/// <summary>What became of one job of a batch. The consumer settles it; a handler only says it.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>Its effect is committed.</summary>
    public static JobOutcome Done { get; } = new Completed();

    /// <summary>It failed and may succeed later; after the last attempt of its <see cref="RetryPolicy"/> it is dead.</summary>
    /// <param name="error">What went wrong, for the person who reads the dead job.</param>
    /// <param name="after">How long to wait, if the one who refused said so; else the policy's delay.</param>
    public static JobOutcome Retry(string error, TimeSpan? after = null) => new Failed(error, after);

    /// <summary>It could not be tried yet (a limit, an open circuit): again after the time, without counting an attempt.</summary>
    /// <param name="after">How long to wait.</param>
    /// <param name="reason">Why, for the log.</param>
    public static JobOutcome Snooze(TimeSpan after, string reason) => new Postponed(after, reason);

    /// <summary>No later attempt can succeed: it goes to <c>dead_jobs</c>.</summary>
    /// <param name="error">Why, for the person who reads it.</param>
    public static JobOutcome Dead(string error) => new GivenUp(error);

    /// <summary>See <see cref="Done"/>.</summary>
    public sealed record Completed : JobOutcome;

    /// <summary>See <see cref="Retry"/>.</summary>
    public sealed record Failed(string Error, TimeSpan? After) : JobOutcome;

    /// <summary>See <see cref="Snooze"/>.</summary>
    public sealed record Postponed(TimeSpan After, string Reason) : JobOutcome;

    /// <summary>See <see cref="Dead"/>.</summary>
    public sealed record GivenUp(string Error) : JobOutcome;
}
