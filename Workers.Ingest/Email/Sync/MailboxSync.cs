using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads what is new in a mailbox, a page at a time; the history id moves on only after all up to it is safe.</summary>
internal sealed partial class MailboxSync(
    MailPages pages, MessageProcessor messages, MailboxStore mailboxes, MailboxWatch watch, ILogger<MailboxSync> logger)
{
    /// <summary>Reads a mailbox to its end.</summary>
    /// <returns>False if another process has moved it meanwhile.</returns>
    /// <exception cref="GmailException">It could not be read to its end; what was read is safe.</exception>
    public async Task<bool> SyncAsync(Mailbox mailbox, SyncRequest request, CancellationToken cancellation)
    {
        if (mailbox.WatchExpiresAt is null)
            await BeginWatchAsync(mailbox, cancellation);

        var reached = mailbox;
        await foreach (var page in pages.ReadAsync(mailbox, cancellation))
        {
            await messages.TakeAsync(mailbox, page.Ids, page.Since, request, cancellation);
            if (page.SafeUpTo is not { } safe)
                continue;
            if (!await mailboxes.AdvanceAsync(reached, safe, cancellation))
                return false;
            reached = reached with { HistoryId = safe };
        }

        return true;
    }

    private async Task BeginWatchAsync(Mailbox mailbox, CancellationToken cancellation)
    {
        try
        {
            await watch.RenewAsync(mailbox, cancellation);
        }
        catch (GmailException reason) when (reason.Failure is GmailFailure.Refused or GmailFailure.Unavailable or GmailFailure.NotFound)
        {
            // tried again with the next sync; polling does not need it
            Log.NotWatched(logger, mailbox.Id, reason.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId} is only polled as yet: {Reason}")]
        public static partial void NotWatched(ILogger logger, Guid mailboxId, string reason);
    }
}
