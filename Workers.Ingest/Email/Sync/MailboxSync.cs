using System.Runtime.CompilerServices;
using Switchboard.Core.Diagnostics;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Reads what is new in a mailbox, a page at a time; the history id moves on only after all up to it is safe.</summary>
internal sealed partial class MailboxSync(
    MailPages pages, MessageProcessor messages, GmailMailboxStore mailboxes, MailboxWatch watch, ILogger<MailboxSync> logger)
{
    /// <summary>Reads a mailbox to its end, or until others have their turn.</summary>
    /// <exception cref="ProviderException">It could not be read on; what was read is safe.</exception>
    public async Task<SyncEnd> SyncAsync(GmailAccount mailbox, SyncRequest request, CancellationToken cancellationToken)
    {
        if (mailbox.WatchExpiresAt is null)
            await BeginWatchAsync(mailbox.Account, cancellationToken);

        var (reached, isEnd) = (mailbox, false);
        await foreach (var page in pages.ReadAsync(mailbox, cancellationToken))
        {
            await messages.ProcessAsync(mailbox.Account, page.Ids, page.Since, request, cancellationToken);
            isEnd = page.IsLast;
            if (page.SafeUpTo is not { } safe)
                continue;
            if (!await mailboxes.AdvanceAsync(reached, safe, isEnd, cancellationToken))
                return SyncEnd.Moved;
            reached = reached with { HistoryId = safe };
        }

        return isEnd ? SyncEnd.Read : SyncEnd.More;
    }

    private async Task BeginWatchAsync(MailAccount account, CancellationToken cancellationToken)
    {
        try
        {
            await watch.RenewAsync(account, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Failure.IsOutage || reason.Kind is FailureKind.Permanent or FailureKind.NotFound)
        {
            // tried again with the next sync; polling does not need it
            Log.NotWatched(logger, account.Id, reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mailbox {MailboxId} is only polled as yet: {Reason}")]
        public static partial void NotWatched(ILogger logger, Guid mailboxId, Redacted reason);
    }
}

/// <summary>How the reading of a mailbox ended.</summary>
internal enum SyncEnd
{
    /// <summary>There is no more.</summary>
    Read,

    /// <summary>There is more, and it was read for as long as one is at a time.</summary>
    More,

    /// <summary>Another process has moved it meanwhile.</summary>
    Moved,
}

/// <summary>Some of what is new in a mailbox.</summary>
/// <param name="Ids">The provider's ids of the messages.</param>
/// <param name="SafeUpTo">The history id up to which everything is known once these messages are safe; null if that is not to be said
/// yet.</param>
/// <param name="Since">Mail received before is not looked at; null where the history says that it is new.</param>
/// <param name="IsLast">Whether there is no more.</param>
internal sealed record MailPage(IReadOnlyList<string> Ids, ulong? SafeUpTo, DateTimeOffset? Since, bool IsLast);

/// <summary>
/// Lists what is new in a mailbox, a page at a time: by its history, from the last id that is safe.
/// <para>A mailbox that was never read, or whose history id is so old that Gmail does not know it any more, is read by the time of its
/// mails instead: from when it was connected, but no longer back than <see cref="MailboxOptions.ResyncDays"/>. So connecting a mailbox
/// does not send years of mail, nothing that came since is missed, and what was taken before is known by its id.</para>
/// </summary>
internal sealed partial class MailPages(
    GmailClient gmail, IOptions<MailboxOptions> options, TimeProvider timeProvider, IngestMetrics metrics, ILogger<MailPages> logger)
{
    /// <summary>
    /// The pages; the next is asked for when the one before is dealt with. By its history, of which each page is a place to go on from, a
    /// mailbox is read for <see cref="MailboxOptions.RunSeconds"/> at a time: one with very much mail keeps no other waiting.
    /// </summary>
    /// <exception cref="ProviderException">There is no next page to be had.</exception>
    public async IAsyncEnumerable<MailPage> ReadAsync(GmailAccount mailbox, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetTimestamp();
        var longest = TimeSpan.FromSeconds(options.Value.RunSeconds);
        var byTime = mailbox.HistoryId is null;
        var safe = mailbox.HistoryId ?? 0;
        for (string? token = null; !byTime;)
        {
            if (await HistoryAsync(mailbox, token, cancellationToken) is not { } page)
            {
                Log.HistoryTooOld(logger, mailbox.Account.Id, mailbox.HistoryId!.Value);
                byTime = true;
                break;
            }

            (token, safe) = (page.NextPageToken, SafeAfter(page, safe));
            yield return new(IdsOf(page, mailbox.Account.Policy is not null), safe, Since: null, IsLast: token is null);
            if (token is null)
                break;
            if (timeProvider.GetElapsedTime(begun) >= longest)
                yield break;
        }

        if (byTime)
        {
            await foreach (var page in ReadByTimeAsync(mailbox.Account, cancellationToken))
                yield return page;
        }

        metrics.Synced(byTime ? "resynced" : "read");
    }

    private async IAsyncEnumerable<MailPage> ReadByTimeAsync(
        MailAccount account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // taken before the list is read: what comes in meanwhile is found again by the history, never skipped.
        // It may be smaller than what we had: Gmail does not know that one any more
        var current = await gmail.CurrentHistoryIdAsync(account, cancellationToken);
        var oldest = timeProvider.GetUtcNow().AddDays(-options.Value.ResyncDays);
        var since = account.CreatedAt > oldest ? account.CreatedAt : oldest;
        string? token = null;
        do
        {
            var page = await gmail.MessagesSinceAsync(account, since, token, cancellationToken);
            token = page.NextPageToken;
            yield return new([.. (page.Messages ?? []).Select(message => message.Id)], token is null ? current : null, since, IsLast: token is null);
        }
        while (token is not null);
    }

    // null when the history does not reach back so far
    private async Task<GmailHistoryPage?> HistoryAsync(GmailAccount mailbox, string? token, CancellationToken cancellationToken)
    {
        try
        {
            return await gmail.HistoryAsync(mailbox.Account, mailbox.HistoryId!.Value, token, cancellationToken);
        }
        catch (ProviderException reason) when (reason.Kind == FailureKind.NotFound)
        {
            return null;
        }
    }

    // what was sent is read for tracking alone
    private static IReadOnlyList<string> IdsOf(GmailHistoryPage page, bool withSent) =>
        [.. (page.History ?? [])
            .SelectMany(record => record.MessagesAdded ?? [])
            .Where(added => GmailLabels.IsInbound(added.Message.LabelIds) || (withSent && GmailLabels.IsSent(added.Message.LabelIds)))
            .Select(added => added.Message.Id)
            .Distinct()];

    // a page that is not the last is safe up to its last record, the last one up to the mailbox's present
    private static ulong SafeAfter(GmailHistoryPage page, ulong before) =>
        Math.Max(
            before, page.NextPageToken is null ? page.HistoryId : page.History?.Select(record => record.Id).DefaultIfEmpty().Max() ?? 0);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Gmail does not know history id {HistoryId} of mailbox {MailboxId} any more: full resync")]
        public static partial void HistoryTooOld(ILogger logger, Guid mailboxId, ulong historyId);
    }
}
