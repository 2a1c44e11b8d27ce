namespace Switchboard.Core.Jobs.Consuming;

/// <summary>What is written down for a job before its message is acknowledged.</summary>
internal abstract record Settlement
{
    private static readonly Done _done = new();

    /// <summary>Nothing: it is done.</summary>
    public sealed record Done : Settlement;

    /// <summary>It waits for its next attempt, or its time.</summary>
    public sealed record Reschedule(ScheduledJobRow Row) : Settlement
    {
        /// <summary>Whether an attempt failed; else it was only postponed.</summary>
        public bool IsRetry => Row.State == ScheduledJobRow.Retrying;
    }

    /// <summary>It is given up, with the error of each attempt.</summary>
    public sealed record Dead(JobMessage Message, string Error) : Settlement;

    /// <summary>It is published again: to the queue of the worker that serves its type, or as a single message.</summary>
    public sealed record Forward(JobMessage Message) : Settlement;

    /// <summary>Decides what becomes of a job that was run.</summary>
    /// <param name="outcome">What its handler said.</param>
    /// <param name="message">The job, with the attempt that was made.</param>
    /// <param name="backoff">How its waits grow.</param>
    /// <param name="now">When it was made.</param>
    /// <param name="random">From 0 to 1: where in the jitter's range the wait falls.</param>
    public static Settlement Of(
        JobOutcome outcome, JobMessage message, Backoff backoff, DateTimeOffset now, double random) => outcome switch
        {
            JobOutcome.DoneOutcome => _done,
            JobOutcome.SnoozeOutcome postponed => new Reschedule(new(message, ScheduledJobRow.Delayed, now + NotNegative(postponed.After))),
            JobOutcome.DeadOutcome dead => DeadOf(message, dead.Error, now),
            JobOutcome.RetryOutcome failed => AfterFailure(failed, message, backoff, now, random),
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No such outcome."),
        };

    // two versions of the product that each take the type to be the other's: the job waits for the end of the rolling deploy
    private static readonly TimeSpan _secondForward = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A message of a type that another worker serves, which is sent on: so a type can move from worker to worker while the old version
    /// still publishes. Null when its type is this worker's, or known to nobody. A message that was sent on already waits some seconds,
    /// or two versions that disagree would pass it between them without a pause.
    /// </summary>
    public static Settlement? Elsewhere(JobMessage message, DateTimeOffset now)
    {
        if (JobTypes.WorkerOf(message.Type) is not { } worker || worker == message.Queue.Worker)
            return null;
        var there = message with { Queue = JobQueue.Of(worker, message.Queue.Priority), IsForwarded = true, IsAlone = true };
        return message.IsForwarded ? new Reschedule(new(there, ScheduledJobRow.Delayed, now + _secondForward)) : new Forward(there);
    }

    /// <summary>A message that no handler can be given.</summary>
    public static Dead Poison(JobMessage message, string error, DateTimeOffset now) => DeadOf(message, error, now);

    private static Settlement AfterFailure(
        JobOutcome.RetryOutcome failed, JobMessage message, Backoff backoff, DateTimeOffset now, double random)
    {
        var policy = RetryPolicy.For(message.Queue.Priority);
        if (message.Attempt >= policy.MaxAttempts)
            return DeadOf(message, failed.Error, now);
        var wait = failed.After is { } after ? NotNegative(after) : policy.DelayAfter(message.Attempt, backoff, random);
        return new Reschedule(new(
            WithError(message, failed.Error, now) with { Attempt = message.Attempt + 1 }, ScheduledJobRow.Retrying, now + wait));
    }

    private static Dead DeadOf(JobMessage message, string error, DateTimeOffset now) =>
        new(WithError(message, error, now), JobErrorText.From(error));

    private static JobMessage WithError(JobMessage message, string error, DateTimeOffset now) =>
        message with { Errors = [.. message.Errors.TakeLast(JobError.Most - 1), new(message.Attempt, now, JobErrorText.From(error))] };

    private static TimeSpan NotNegative(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
}

/// <summary>A job and what was decided about it.</summary>
internal readonly record struct SettledJob(JobMessage Message, Settlement Settlement);
