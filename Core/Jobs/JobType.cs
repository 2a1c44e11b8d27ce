namespace Switchboard.Core.Jobs;

/// <summary>What all jobs of one type have in common.</summary>
/// <param name="Name">The tag on the message, in kebab-case: <c>process-email</c>. Never changed, never used again.</param>
/// <param name="Version">Counted up when the record's shape changes in a way that old messages don't fit.</param>
/// <param name="Worker">Who serves it.</param>
/// <param name="Priority">Its lane, unless a job says otherwise (<see cref="IJob.PriorityOverride"/>).</param>
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
