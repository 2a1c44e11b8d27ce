namespace Switchboard.Core.Jobs.Scheduling;

/// <summary>A job whose time has come.</summary>
/// <param name="RowId">Its row; for a recurring job not the id of the message, which is one of its turns.</param>
/// <param name="Message">What is published.</param>
/// <param name="IsRecurring">Whether the row stays.</param>
internal sealed record DueJob(Guid RowId, JobMessage Message, bool IsRecurring);

/// <summary>A due row that no job could be read from.</summary>
/// <param name="RowId">Its id.</param>
/// <param name="IsRecurring">Whether it is a schedule, which stays: a newer version, or the next start, may read it.</param>
/// <param name="Reason">Why not.</param>
internal sealed record UnreadableRow(Guid RowId, bool IsRecurring, string Reason);

/// <summary>What one transaction holds.</summary>
internal sealed record ClaimedJobs(IReadOnlyList<DueJob> Jobs, IReadOnlyList<UnreadableRow> Unreadable)
{
    public int Count => Jobs.Count + Unreadable.Count;
}
