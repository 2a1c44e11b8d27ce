namespace Switchboard.Core.Jobs;

/// <summary>A job that waits, as operators see it.</summary>
/// <param name="Id">The job's id; of a recurring job that of its schedule.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Lane">Where it will be served.</param>
/// <param name="State"><c>delayed</c>, <c>retrying</c>, <c>recurring</c>, or <c>staged</c> (published at this moment).</param>
/// <param name="Name">A recurring job's name.</param>
/// <param name="RepeatEvery">The time between a recurring job's turns.</param>
/// <param name="Attempt">The attempt that comes next, from 1.</param>
/// <param name="Errors">What went wrong so far.</param>
/// <param name="DueAt">When it is published.</param>
/// <param name="CreatedAt">Since when it waits.</param>
public sealed record ScheduledJob(
    Guid Id,
    string Type,
    string Lane,
    string State,
    string? Name,
    TimeSpan? RepeatEvery,
    int Attempt,
    IReadOnlyList<JobError> Errors,
    DateTimeOffset DueAt,
    DateTimeOffset CreatedAt);
