namespace Switchboard.Core.Jobs;

/// <summary>
/// A step that happens outside the request. Implemented by sealed records, small ones: ids, not payloads,
/// except where the webhook is the only source.
/// </summary>
public interface IJob
{
    /// <summary>What all jobs of this type have in common.</summary>
    static abstract JobType Type { get; }

    /// <summary>A UUIDv7, the same through all attempts.</summary>
    Guid Id { get; }

    /// <summary>The same for two jobs that ask for the same effect. Each record says which duplicates its key stops.</summary>
    string IdempotencyKey { get; }

    /// <summary>A priority of this one job, in place of its type's.</summary>
    JobPriority? PriorityOverride => null;
}

/// <summary>What all jobs of one type have in common.</summary>
/// <param name="Name">The tag on the message, in kebab-case: <c>process-email</c>. Never changed, never used again.</param>
/// <param name="Version">Counted up when the record's shape changes in a way that old messages don't fit.</param>
/// <param name="Worker">The worker that serves it.</param>
/// <param name="Priority">Its queue, unless a job says otherwise (<see cref="IJob.PriorityOverride"/>).</param>
/// <param name="Backoff">How the wait between attempts grows.</param>
public sealed record JobType(
    string Name,
    int Version,
    JobWorker Worker,
    JobPriority Priority,
    Backoff Backoff = Backoff.Exponential)
{
    /// <summary>The value of a message's type property: name and version, <c>process-email/1</c>.</summary>
    public string Tag { get; } = $"{Name}/{Version}";
}

/// <summary>How soon a job is served. Each priority has its own queue and its own <see cref="RetryPolicy"/>.</summary>
public enum JobPriority
{
    /// <summary>Before anything else; few attempts, quickly.</summary>
    Critical,

    /// <summary>A person is waiting for the effect.</summary>
    High,

    /// <summary>The default.</summary>
    Normal,

    /// <summary>Work without a deadline.</summary>
    Low,

    /// <summary>Housekeeping.</summary>
    VeryLow,
}

/// <summary>The process that serves a job's queue.</summary>
public enum JobWorker
{
    /// <summary>Workers.Ingest: what came in.</summary>
    Ingest,

    /// <summary>Workers.Dispatch: what goes out.</summary>
    Dispatch,

    /// <summary>Analytics.Worker: what is counted.</summary>
    Analytics,
}
