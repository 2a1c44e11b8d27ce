using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Have the accounts of Microsoft 365 read that were not read lately, and syncs that stand still gone on with. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PollGraphMailboxes(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("poll-graph-mailboxes", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a poll too many finds nothing.</summary>
    public string IdempotencyKey => $"poll-graph-mailboxes:{Id}";
}
