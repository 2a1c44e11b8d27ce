using Microsoft.Extensions.Options;
using Switchboard.Workers.Ingest.Gmail;

namespace Switchboard.Workers.Ingest.Mailboxes;

/// <summary>
/// Reads what is new in a mailbox, a page at a time; the history id moves on only after all up to it is safe.
/// <para>A mailbox that was never read, or whose history id is so old that Gmail does not know it any more, is read by the time of its
/// mails instead: from when it was connected, but no longer back than <see cref="MailboxOptions.ResyncDays"/>. So connecting a mailbox
/// does not send years of mail, nothing that came since is missed, and what was taken before is known by its id.</para>
/// </summary>
internal sealed partial class MailboxSync(
    GmailClient gmail,
    MessageIntake messages,
    MailboxStore mailboxes,
    MailboxWatch watch,
    IOptions<MailboxOptions> options,
    TimeProvider time,
    IngestMetrics metrics,
    ILogger<MailboxSync> logger)
{
    /// <summary>Reads a mailbox to its end.</summary>
    /// <returns>False if another process has moved it meanwhile.</returns>
    /// <exception cref="GmailException">It could not be read to its end; what was read is safe.</exception>
    public async Task<bool> SyncAsync(Mailbox mailbox, SyncRequest request, CancellationToken cancellation)
    {
        if (mailbox.WatchExpiresAt is null)
            await BeginWatchAsync(mailbox, cancellation);

        return mailbox.HistoryId is { } start
            ? await ReadHistoryAsync(mailbox, start, request, cancellation)
            : await ResyncAsync(mailbox, request, cancellation);
    }

    private async Task<bool> ReadHistoryAsync(Mailbox mailbox, long start, SyncRequest request, CancellationToken cancellation)
    {
        var safe = start;
        string? pageToken = null;
        do
        {
            if (await HistoryAsync(mailbox, start, pageToken, cancellation) is not { } page)
            {
                Log.HistoryTooOld(logger, mailbox.Id, start);
                return await ResyncAsync(mailbox with { HistoryId = safe }, request, cancellation);
            }

            await messages.TakeAsync(mailbox, IdsOf(page), since: null, request, cancellation);
            var next = SafeAfter(page, safe);
            if (!await mailboxes.AdvanceAsync(mailbox with { HistoryId = safe }, next, cancellation))
                return false;
            (safe, pageToken) = (next, page.NextPageToken);
        }
        while (pageToken is not null);

        metrics.Synced("read");
        return true;
    }

    private async Task<bool> ResyncAsync(Mailbox mailbox, SyncRequest request, CancellationToken cancellation)
    {
        // taken before the list is read: what comes in meanwhile is found again by the history, never skipped
        var current = await gmail.CurrentHistoryIdAsync(mailbox, cancellation);
        var oldest = time.GetUtcNow().AddDays(-options.Value.ResyncDays);
        var since = mailbox.CreatedAt > oldest ? mailbox.CreatedAt : oldest;
        string? pageToken = null;
        do
        {
            var page = await gmail.MessagesSinceAsync(mailbox, since, pageToken, cancellation);
            await messages.TakeAsync(mailbox, [.. (page.Messages ?? []).Select(message => message.Id)], since, request, cancellation);
            pageToken = page.NextPageToken;
        }
        while (pageToken is not null);

        // whatever it is, also a smaller one: Gmail does not know the old one any more
        metrics.Synced("resynced");
        return await mailboxes.AdvanceAsync(mailbox, current, cancellation);
    }

    // null when the history does not reach back so far
    private async Task<GmailHistoryPage?> HistoryAsync(Mailbox mailbox, long start, string? pageToken, CancellationToken cancellation)
    {
        try
        {
            return await gmail.HistoryAsync(mailbox, start, pageToken, cancellation);
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.NotFound)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> IdsOf(GmailHistoryPage page) =>
        [.. (page.History ?? [])
            .SelectMany(record => record.MessagesAdded ?? [])
            .Where(added => GmailLabels.IsInbound(added.Message.LabelIds))
            .Select(added => added.Message.Id)
            .Distinct()];

    // a page that is not the last is safe up to its last record, the last one up to the mailbox's present
    private static long SafeAfter(GmailHistoryPage page, long before) =>
        Math.Max(before, page.NextPageToken is null ? page.HistoryId : page.History?.Select(record => record.Id).DefaultIfEmpty().Max() ?? 0);

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
        [LoggerMessage(Level = LogLevel.Warning, Message = "Gmail does not know history id {HistoryId} of mailbox {MailboxId} any more: full resync")]
        public static partial void HistoryTooOld(ILogger logger, Guid mailboxId, long historyId);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId} is only polled as yet: {Reason}")]
        public static partial void NotWatched(ILogger logger, Guid mailboxId, string reason);
    }
}
