using System.Collections.Concurrent;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads mailboxes of which a push or a poll says that there may be something new; the jobs of one mailbox are one
/// reading.</summary>
internal sealed class SyncMailboxHandler(MailboxRun run, IOptions<MailboxOptions> options) : IJobHandler<SyncMailbox>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<SyncMailbox>> batch, CancellationToken cancellationToken)
    {
        var outcomes = new ConcurrentDictionary<JobDelivery<SyncMailbox>, JobOutcome>(ReferenceEqualityComparer.Instance);
        await Parallel.ForEachAsync(
            batch.GroupBy(delivery => delivery.Job.Address, StringComparer.OrdinalIgnoreCase),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentSyncs, CancellationToken = cancellationToken },
            async (jobs, token) =>
            {
                var result = await run.RunAsync(jobs.Key, [.. jobs], token);
                foreach (var job in jobs)
                    outcomes[job] = result(job);
            });
        return [.. batch.Select(delivery => outcomes[delivery])];
    }
}

/// <summary>
/// A run over a mailbox: decides whether it is read at all, keeps others away meanwhile, and says what became of the jobs that
/// asked for it. The lock only saves work: what makes two readers harmless is that mails are taken once and the history id moves by
/// compare-and-set.
/// </summary>
internal sealed partial class MailboxRun(
    GmailMailboxStore mailboxes,
    MailboxSync sync,
    AccountRevocation revocation,
    DistributedLock locks,
    IOptions<MailboxOptions> options,
    IngestMetrics metrics,
    ILogger<MailboxRun> logger)
{
    private static readonly Func<JobDelivery<SyncMailbox>, JobOutcome> Done = _ => JobOutcome.Done;

    /// <summary>Runs, and returns what became of each of the jobs.</summary>
    public async Task<Func<JobDelivery<SyncMailbox>, JobOutcome>> RunAsync(
        string address, IReadOnlyList<JobDelivery<SyncMailbox>> jobs, CancellationToken cancellationToken)
    {
        if (await mailboxes.FindAsync(address, cancellationToken) is not { Account: var account })
        {
            // a push for one that was disconnected, or that was never ours
            metrics.Synced("unknown");
            Log.Unknown(logger, address);
            return Done;
        }

        if (!account.IsActive)
        {
            metrics.Synced("inactive");
            return Done;
        }

        await using var held = await locks.TryAcquireAsync(
            $"mailbox:{account.Id}", TimeSpan.FromSeconds(options.Value.LockSeconds), renew: true, cancellationToken);
        return held is null
            ? Later("Another process is reading the mailbox.")
            : await ReadAsync(account.Id, jobs, held.Lost, cancellationToken);
    }

    private async Task<Func<JobDelivery<SyncMailbox>, JobOutcome>> ReadAsync(
        Guid id, IReadOnlyList<JobDelivery<SyncMailbox>> jobs, CancellationToken lost, CancellationToken cancellationToken)
    {
        // as it is now that nobody else reads it
        if (await mailboxes.FindActiveAsync(id, cancellationToken) is not { } mailbox || jobs.All(job => IsReadSince(mailbox, job)))
            return Done;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost);
        try
        {
            var request = new SyncRequest(
                jobs.Min(job => job.EnqueuedAt), jobs.Any(job => job.IsLastAttempt), jobs[0].Activity?.Context);
            return await sync.SyncAsync(mailbox, request, ended.Token) switch
            {
                SyncEnd.Read => Done,
                SyncEnd.More => _ => JobOutcome.Snooze(TimeSpan.Zero, "There is more; others have their turn before it."),
                _ => Later("Another process has moved the mailbox."),
            };
        }
        catch (OperationCanceledException) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Later("The lock on the mailbox was lost.");
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            await revocation.RevokeAsync(id, reason.Failure, cancellationToken);
            return _ => JobOutcome.Dead($"The mailbox must be connected again by its user: {reason.Message}");
        }
        catch (ProviderException reason)
        {
            Log.Failed(logger, id, reason);
            return job => OutcomeOf(job, reason.Failure);
        }
    }

    /// <summary>
    /// Whether what a job asks for was done since: a push says how far, and a poll that waited until the mailbox was read to its end has
    /// nothing to find. Where rounds of polls take longer than the time between them, they would become ever more.
    /// </summary>
    internal static bool IsReadSince(GmailAccount mailbox, JobDelivery<SyncMailbox> job) =>
        job.Job.HistoryId is { } told ? told <= mailbox.HistoryId : mailbox.SyncedAt >= job.EnqueuedAt;

    /// <summary>
    /// What becomes of a job whose reading failed. A poll is never dead: the next one comes anyway, and an outage of an hour must not
    /// leave one dead job a minute for each mailbox.
    /// </summary>
    internal static JobOutcome OutcomeOf(JobDelivery<SyncMailbox> job, ProviderFailure failure)
    {
        var isPoll = job.Job.HistoryId is null;
        return failure.Kind is FailureKind.Permanent or FailureKind.NotFound
            ? isPoll ? JobOutcome.Done : JobOutcome.Dead(failure.Error)
            : isPoll && job.IsLastAttempt ? JobOutcome.Done : JobOutcome.Retry(failure.Error, failure.RetryAfter);
    }

    private Func<JobDelivery<SyncMailbox>, JobOutcome> Later(string reason) =>
        _ => JobOutcome.Snooze(TimeSpan.FromMilliseconds(options.Value.BusyRetryMilliseconds), reason);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Address} is not a connected mailbox; its notification is dropped")]
        public static partial void Unknown(ILogger logger, Redacted address);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId} could not be read to its end: {Reason}")]
        public static partial void Failed(ILogger logger, Guid mailboxId, Redacted reason);
    }
}

/// <summary>Have the mailboxes read of which nothing was heard lately. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record PollMailboxes(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("poll-mailboxes", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: an extra poll finds nothing.</summary>
    public string IdempotencyKey => $"poll-mailboxes:{Id}";
}

/// <summary>Publishes a sync of each active mailbox that was not synced lately. Several polls at once are one.</summary>
internal sealed class PollMailboxesHandler(
    GmailMailboxStore mailboxes,
    JobPublisher publisher,
    IOptions<MailboxOptions> options,
    TimeProvider timeProvider) : IJobHandler<PollMailboxes>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<PollMailboxes>> batch, CancellationToken cancellationToken)
    {
        // half of it: one read just after the last poll would else have to wait for the next but one
        var since = timeProvider.GetUtcNow().AddSeconds(-options.Value.PollSeconds / 2.0);
        for (var after = ""; ;)
        {
            var addresses = await mailboxes.NotSyncedSinceAsync(since, after, PageSize, cancellationToken);
            await publisher.PublishAsync(
                [.. addresses.Select(address => new OutgoingJob(
                    new SyncMailbox(Guid.CreateVersion7(timeProvider.GetUtcNow()), address, HistoryId: null)))],
                cancellationToken);
            if (addresses.Count < PageSize)
                return [.. batch.Select(_ => JobOutcome.Done)];
            after = addresses[^1];
        }
    }
}
