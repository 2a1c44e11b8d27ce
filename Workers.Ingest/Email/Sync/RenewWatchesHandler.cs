using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Renews the watches that end soon, each by itself: one mailbox that cannot be watched keeps no other from it. Comes again when any of
/// them may yet succeed.
/// </summary>
internal sealed partial class RenewWatchesHandler(
    MailboxStore mailboxes,
    MailboxWatch watch,
    AccountRevocation revocation,
    IOptions<MailboxOptions> options,
    TimeProvider time,
    ILogger<RenewWatchesHandler> logger)
    : IJobHandler<RenewWatches>
{
    private const int PageSize = 500;

    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<RenewWatches>> batch, CancellationToken cancellation)
    {
        var failed = watch.IsConfigured ? await RenewAllAsync(cancellation) : [];
        return [.. batch.Select(_ => failed.IsEmpty
            ? JobOutcome.Done
            : JobOutcome.Retry($"{failed.Count} watches were not renewed: {string.Join("; ", failed.Take(3))}"))];
    }

    private async Task<ConcurrentQueue<string>> RenewAllAsync(CancellationToken cancellation)
    {
        var failed = new ConcurrentQueue<string>();
        var until = time.GetUtcNow().AddHours(options.Value.RenewWatchBeforeHours);
        for (var after = Guid.Empty; ;)
        {
            var due = await mailboxes.WatchedNoLongerThanAsync(until, after, PageSize, cancellation);
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions { MaxDegreeOfParallelism = options.Value.ConcurrentSyncs, CancellationToken = cancellation },
                async (mailbox, token) => await RenewAsync(mailbox, failed, token));
            if (due.Count < PageSize)
                return failed;
            after = due[^1].Id;
        }
    }

    private async Task RenewAsync(Mailbox mailbox, ConcurrentQueue<string> failed, CancellationToken cancellation)
    {
        try
        {
            await watch.RenewAsync(mailbox, cancellation);
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.GrantRevoked)
        {
            await revocation.RevokeAsync(mailbox.Id, mailbox.RefreshToken, reason.Message, cancellation);
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.Refused)
        {
            // asked again with the next turn; until then it is polled
            Log.NotWatched(logger, mailbox.Id, reason.Message);
        }
        catch (GmailException reason)
        {
            failed.Enqueue($"{mailbox.Id}: {reason.Message}");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Mailbox {MailboxId} is polled only, Gmail will not tell of its mail: {Reason}")]
        public static partial void NotWatched(ILogger logger, Guid mailboxId, string reason);
    }
}
