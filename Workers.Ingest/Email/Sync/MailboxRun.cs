using Microsoft.Extensions.Options;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Redis.Locks;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// A turn at a mailbox: decides whether it is read at all, keeps others away meanwhile, and says what became of the jobs that asked for it.
/// The lock only saves work: what makes two readers harmless is that mails are taken once and the history id moves by compare-and-set.
/// </summary>
internal sealed partial class MailboxRun(
    MailboxStore mailboxes,
    MailboxSync sync,
    AccountRevocation revocation,
    DistributedLock locks,
    IOptions<MailboxOptions> options,
    IngestMetrics metrics,
    ILogger<MailboxRun> logger)
{
    private static readonly Func<JobDelivery<SyncMailbox>, JobOutcome> Done = _ => JobOutcome.Done;

    /// <summary>Takes the turn, and returns what became of each of the jobs.</summary>
    public async Task<Func<JobDelivery<SyncMailbox>, JobOutcome>> TakeAsync(
        string address, IReadOnlyList<JobDelivery<SyncMailbox>> jobs, CancellationToken cancellation)
    {
        if (await mailboxes.FindAsync(address, cancellation) is not { } found)
        {
            // a push for one that was disconnected, or that was never ours
            metrics.Synced("unknown");
            Log.Unknown(logger, address);
            return Done;
        }

        if (!found.IsActive)
        {
            metrics.Synced("inactive");
            return Done;
        }

        await using var held = await locks.TryAcquireAsync(
            $"mailbox:{found.Mailbox.Id}", TimeSpan.FromSeconds(options.Value.LockSeconds), renew: true, cancellation);
        return held is null
            ? Later("Another process is reading the mailbox.")
            : await ReadAsync(found.Mailbox.Id, jobs, held.Lost, cancellation);
    }

    private async Task<Func<JobDelivery<SyncMailbox>, JobOutcome>> ReadAsync(
        Guid id, IReadOnlyList<JobDelivery<SyncMailbox>> jobs, CancellationToken lost, CancellationToken cancellation)
    {
        // as it is now that nobody else reads it
        if (await mailboxes.FindActiveAsync(id, cancellation) is not { } mailbox
            || jobs.All(job => job.Job.HistoryId is { } told && told <= mailbox.HistoryId))
            return Done;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, lost);
        try
        {
            var request = new SyncRequest(
                jobs.Min(job => job.EnqueuedAt), jobs.Any(job => job.IsLastAttempt), jobs[0].Activity?.Context);
            return await sync.SyncAsync(mailbox, request, ended.Token) ? Done : Later("Another process has moved the mailbox.");
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return Later("The lock on the mailbox was lost.");
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.GrantRevoked)
        {
            await revocation.RevokeAsync(mailbox.Id, mailbox.RefreshToken, reason.Message, cancellation);
            return _ => JobOutcome.Dead($"The mailbox must be connected again by its user: {reason.Message}");
        }
        catch (GmailException reason)
        {
            Log.Failed(logger, mailbox.Id, reason.Message);
            return job => OutcomeOf(job, reason);
        }
    }

    /// <summary>
    /// What becomes of a job whose reading failed. A poll is never dead: the next one comes anyway, and an outage of an hour must not
    /// leave one dead job a minute for each mailbox.
    /// </summary>
    internal static JobOutcome OutcomeOf(JobDelivery<SyncMailbox> job, GmailException reason)
    {
        var isPoll = job.Job.HistoryId is null;
        return reason.Failure is GmailFailure.Refused or GmailFailure.NotFound
            ? isPoll ? JobOutcome.Done : JobOutcome.Dead(reason.Message)
            : isPoll && job.IsLastAttempt ? JobOutcome.Done : JobOutcome.Retry(reason.Message, reason.RetryAfter);
    }

    private Func<JobDelivery<SyncMailbox>, JobOutcome> Later(string reason) =>
        _ => JobOutcome.Snooze(TimeSpan.FromMilliseconds(options.Value.BusyRetryMilliseconds), reason);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} is no mailbox of ours; what was said of it is let go")]
        public static partial void Unknown(ILogger logger, string address);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId} could not be read to its end: {Reason}")]
        public static partial void Failed(ILogger logger, Guid mailboxId, string reason);
    }
}
