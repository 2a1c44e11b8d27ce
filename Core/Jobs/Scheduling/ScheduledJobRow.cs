namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>A job that waits.</summary>
/// <param name="Message">The job, with the attempt that comes next.</param>
/// <param name="State">Why it waits.</param>
/// <param name="DueAt">Until when.</param>
internal sealed record ScheduledJobRow(JobMessage Message, string State, DateTimeOffset DueAt)
{
    public const string Staged = "staged";
    public const string Delayed = "delayed";
    public const string Retrying = "retrying";
    public const string Recurring = "recurring";
}
