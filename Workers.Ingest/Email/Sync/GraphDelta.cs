using System.Globalization;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Reads what changed in both folders of a mailbox to its end, from where it was read last. The place moves on page by page, each time
/// after what is before it was recorded. A place that Graph does not know any more is given up for the time of the last reading.
/// </summary>
internal sealed partial class GraphDelta(
    GraphClient graph,
    GraphAccounts accounts,
    BatchRecorder recorder,
    IOptions<GraphOptions> graphOptions,
    IOptions<SyncOptions> options,
    TimeProvider time,
    ILogger<GraphDelta> logger)
{
    // who meets this many others on the way has their readings as well
    private const int MostTurns = 10;

    /// <summary>Reads an account to the end of its changes.</summary>
    /// <exception cref="GraphException">It could not be read to its end; what was read is recorded.</exception>
    public async Task ReadAsync(Guid id, CancellationToken cancellation)
    {
        for (var turn = 0; turn < MostTurns; turn++)
        {
            if (await accounts.FindAsync(id, cancellation) is not { Account.IsActive: true } account
                || await ReadAsync(account, cancellation))
                return;
            // another job has moved it meanwhile: on from there
        }

        throw new GraphException(GraphFailure.Limited, "Others are reading the changes of the mailbox.");
    }

    private async Task<bool> ReadAsync(GraphAccount account, CancellationToken cancellation)
    {
        var begun = time.GetUtcNow();
        FolderDelta[] folders = [Start(account, GraphPaths.SentItems, account.SentDelta), Start(account, GraphPaths.Inbox, account.InboxDelta)];
        while (true)
        {
            var open = folders.Where(folder => !folder.IsDone).ToArray();
            var answers = await graph.BatchAsync(
                account.Account.Id, [.. open.Select(folder => new GraphCall(folder.Link, Preference()))], cancellation);
            var mails = new List<MailEnvelope>();
            var failed = new List<FailedMail>();
            GraphException? failure = null;
            for (var i = 0; i < open.Length; i++)
            {
                if (answers[i].Content is { } page)
                {
                    var isSent = open[i].Name == GraphPaths.SentItems;
                    GraphMails.Read(page.Value ?? [], _ => isSent, mails, failed);
                    open[i].MoveTo(page);
                }
                else if (answers[i].Failure!.Failure == GraphFailure.StaleState && open[i].IsKept)
                {
                    Log.Stale(logger, account.Account.Id, open[i].Name);
                    open[i].Begin(GraphPaths.Delta(open[i].Name, Since(account)));
                }
                else
                    failure = answers[i].Failure;
            }

            failed.AddRange(await recorder.RecordAsync(account.Account.Tracked, mails, cancellation));
            foreach (var mail in failed)
                Log.NotRead(logger, account.Account.Id, mail.ProviderId, mail.Error);
            var isDone = folders.All(folder => folder.IsDone);
            var moved = account with { SentDelta = folders[0].Kept, InboxDelta = folders[1].Kept };
            if (!await accounts.MoveAsync(account, moved.InboxDelta, moved.SentDelta, isDone ? begun : null, cancellation))
                return false;
            if (failure is not null)
                throw failure;
            if (isDone)
                return true;
            account = moved;
        }
    }

    private static FolderDelta Start(GraphAccount account, string name, string? kept) =>
        new(name, kept, GraphPaths.Delta(name, account.Account.CreatedAt));

    // no earlier than it was connected: the past is for a sync
    private DateTimeOffset Since(GraphAccount account) =>
        account.ReadAt?.AddMinutes(-options.Value.ResyncSlackMinutes) is { } read && read > account.Account.CreatedAt ? read : account.Account.CreatedAt;

    private string Preference() => string.Create(CultureInfo.InvariantCulture, $"odata.maxpagesize={graphOptions.Value.DeltaPageSize}");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Graph does not know any more how far {Folder} of account {AccountId} was read: it is read anew by time")]
        public static partial void Stale(ILogger logger, Guid accountId, string folder);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {MessageId} of account {AccountId} is not tracked: {Reason}")]
        public static partial void NotRead(ILogger logger, Guid accountId, string messageId, string reason);
    }
}
