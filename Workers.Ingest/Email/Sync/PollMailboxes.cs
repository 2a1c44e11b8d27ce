using Switchboard.Core.Jobs;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Have the mailboxes read of which nothing was heard lately. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PollMailboxes(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("poll-mailboxes", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a poll too many finds nothing.</summary>
    public string IdempotencyKey => $"poll-mailboxes:{Id}";
}
