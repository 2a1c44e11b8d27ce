using Switchboard.Core.Jobs;

namespace Switchboard.Core.Email;

/// <summary>Go on with a full sync, a row in <c>mail_syncs</c>, from where it stands.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="SyncId">The sync.</param>
public sealed record SyncEmails(Guid Id, Guid SyncId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("sync-emails", 1, JobWorker.Ingest, JobPriority.Low);

    /// <summary>Names the sync: two jobs of one sync go on one after the other, and a page that was read moves its cursor once.</summary>
    public string IdempotencyKey => $"sync:{SyncId}";
}
