using System.Collections.Concurrent;
using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Have Gmail go on telling of new mail. Recurring.</summary>
/// <param name="Id">The job's id.</param>
internal sealed record RenewWatches(Guid Id) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("renew-watches", 1, JobWorker.Ingest, JobPriority.Normal);

    /// <summary>Only for the log: a watch that was renewed is not due.</summary>
    public string IdempotencyKey => $"renew-watches:{Id}";
}

/// <summary>
/// Renews the watches that end soon, each by itself: one mailbox that cannot be watched keeps no other from it. Comes again when any of
/// them may yet succeed.
/// </summary>
internal sealed partial class RenewWatchesHandler(
    GmailMailboxStore mailboxes,
    MailboxWatch watch,
    AccountRevocation revocation,
    IOptions<MailboxOptions> options,
    TimeProvider timeProvider,
    ILogger<RenewWatchesHandler> logger)
    : IJobHandler<RenewWatches>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RenewWatches>> batch, CancellationToken cancellationToken)
    {
        var failed = watch.IsConfigured ? await RenewAllAsync(cancellationToken) : [];
        return [.. batch.Select(_ => failed.IsEmpty
            ? JobOutcome.Done
            : JobOutcome.Retry($"{failed.Count} watches were not renewed: {string.Join("; ", failed.Take(3))}"))];
    }

    private async Task<ConcurrentQueue<string>> RenewAllAsync(CancellationToken cancellationToken)
    {
        var failed = new ConcurrentQueue<string>();
        var until = timeProvider.GetUtcNow().AddHours(options.Value.RenewWatchBeforeHours);
        for (var after = Guid.Empty; ;)
        {
            var due = await mailboxes.WatchedNoLongerThanAsync(until, after, PageSize, cancellationToken);
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentSyncs, CancellationToken = cancellationToken },
                async (mailbox, token) => await RenewAsync(mailbox.Account, failed, token));
            if (due.Count < PageSize)
                return failed;
            after = due[^1].Account.Id;
        }
    }

    private async Task RenewAsync(MailAccount account, ConcurrentQueue<string> failed, CancellationToken cancellationToken)
    {
        try
        {
            await watch.RenewAsync(account, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.GrantRevoked)
        {
            await revocation.RevokeAsync(account.Id, reason.Failure, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.Permanent)
        {
            // asked again with the next run; until then it is polled
            Log.NotWatched(logger, account.Id, reason);
        }
        catch (ProviderException reason)
        {
            failed.Enqueue($"{account.Id}: {reason.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Mailbox {MailboxId} is polled only, Gmail will not tell of its mail: {Reason}")]
        public static partial void NotWatched(ILogger logger, Guid mailboxId, Redacted reason);
    }
}

/// <summary>Asks Gmail to tell of a mailbox's new mail.</summary>
internal sealed class MailboxWatch(GmailClient gmail, GmailMailboxStore mailboxes, IOptions<GmailOptions> options)
{
    /// <summary>Whether there is a topic to be told through; without one mailboxes are only polled.</summary>
    public bool IsConfigured => !string.IsNullOrWhiteSpace(options.Value.TopicName);

    /// <summary>Begins or renews the watch, and notes until when it holds.</summary>
    /// <exception cref="ProviderException">Gmail did not do it.</exception>
    public async Task RenewAsync(MailAccount account, CancellationToken cancellationToken)
    {
        if (!IsConfigured)
            return;
        var until = await gmail.WatchAsync(account, options.Value.TopicName!, cancellationToken);
        await mailboxes.WatchedAsync(account.Id, until, cancellationToken);
    }
}
