namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>A job whose time has come.</summary>
/// <param name="RowId">Its row; for a recurring job not the id of the message, which is one of its turns.</param>
/// <param name="Message">What is published.</param>
/// <param name="IsRecurring">Whether the row stays.</param>
internal sealed record DueJob(Guid RowId, JobMessage Message, bool IsRecurring);
