using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Read what is new in a mailbox, from the last history id that is safe.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="Address">The mailbox's address.</param>
/// <param name="HistoryId">The history id that the push named; null for a poll.</param>
public sealed record SyncMailbox(Guid Id, string Address, ulong? HistoryId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("sync-mailbox", 1, JobWorker.Ingest, JobPriority.High);

    /// <summary>Names the state to reach: reading twice to the same history id finds nothing the second time.</summary>
    public string IdempotencyKey => $"mailbox:{Address}/{HistoryId?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "poll"}";
}
