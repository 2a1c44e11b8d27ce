using System.Globalization;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>
/// Reads what changed in both folders of a mailbox to its end, from where it was read last. The place moves on page by page, each time
/// after what is before it was recorded; a mail that is not given is set aside (<see cref="ReadGraphMail"/>). A place that Graph does not
/// know any more is given up for the time of the last reading.
/// </summary>
internal sealed partial class GraphDelta(
    GraphClient graph,
    GraphMailboxStore accounts,
    GraphNewMail newMail,
    MailPipeline pipeline,
    NpgsqlDataSource dataSource,
    ScheduledJobs scheduledJobs,
    IngestMetrics metrics,
    IOptions<GraphOptions> graphOptions,
    IOptions<SyncOptions> options,
    TimeProvider timeProvider,
    ILogger<GraphDelta> logger)
{
    // who meets this many others on the way has their readings as well
    private const int MostRuns = 10;

    /// <summary>Reads an account to the end of its changes.</summary>
    /// <exception cref="ProviderException">It could not be read to its end; what was read is recorded.</exception>
    public async Task ReadAsync(Guid id, MailArrival arrival, CancellationToken cancellationToken)
    {
        for (var run = 0; run < MostRuns; run++)
        {
            if (await accounts.FindAsync(id, cancellationToken) is not { Account.IsActive: true } account
                || await ReadAsync(account, arrival, cancellationToken))
                return;
            // another job has moved it meanwhile: on from there
        }

        throw new ProviderException(FailureKind.Throttled, "Others are reading the changes of the mailbox.");
    }

    private async Task<bool> ReadAsync(GraphAccount account, MailArrival arrival, CancellationToken cancellationToken)
    {
        var begun = timeProvider.GetUtcNow();
        FolderDelta[] folders = [Start(account, GraphPaths.SentItems, account.SentDelta), Start(account, GraphPaths.Inbox, account.InboxDelta)];
        while (true)
        {
            var open = folders.Where(folder => !folder.IsDone).ToArray();
            var answers = await graph.BatchAsync(
                account.Account.Id, [.. open.Select(folder => new GraphCall(folder.Link, Preference()))], cancellationToken);
            var arrivals = new List<GraphArrival>();
            var failed = new List<FailedMail>();
            ProviderFailure? failure = null;
            for (var i = 0; i < open.Length; i++)
            {
                if (answers[i].Content is { } page)
                {
                    var isSent = open[i].Name == GraphPaths.SentItems;
                    arrivals.AddRange(GraphMails.Arrivals(page.Value ?? [], isSent, failed));
                    open[i].MoveTo(page);
                }
                else if (answers[i].Failure!.Kind == FailureKind.StalePosition && open[i].IsKept)
                {
                    Log.Stale(logger, account.Account.Id, open[i].Name);
                    open[i].Begin(GraphPaths.Delta(open[i].Name, Since(account)));
                }
                else
                    failure = answers[i].Failure;
            }

            var read = await newMail.ReadAsync(account, arrivals, cancellationToken);
            await pipeline.ProcessAsync(account.Account, read.Mails, failed, arrival, cancellationToken);
            // the place stays where it is: these pages are read again
            if (read.Failure is { } unread)
                throw new ProviderException(unread);
            var isDone = folders.All(folder => folder.IsDone);
            var moved = account with { SentDelta = folders[0].Kept, InboxDelta = folders[1].Kept };
            if (!await MoveAsync(account, moved, isDone ? begun : null, [.. read.Unread.Keys], arrival, cancellationToken))
                return false;
            if (failure is not null)
                throw new ProviderException(failure);
            if (isDone)
                return true;
            account = moved;
        }
    }

    // the place moves on over what Graph does not give, which must keep no other mail: it is asked for by itself
    private async Task<bool> MoveAsync(
        GraphAccount from, GraphAccount to, DateTimeOffset? readAt, string[] setAside, MailArrival arrival, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await accounts.MoveAsync(transaction, from, to.InboxDelta, to.SentDelta, readAt, cancellationToken))
            return false;
        var now = timeProvider.GetUtcNow();
        await scheduledJobs.InsertAsync(
            connection,
            transaction,
            [.. setAside.Select(id => new OutgoingJob(new ReadGraphMail(Guid.CreateVersion7(now), from.Account.Id, id, arrival.AcceptedAt), arrival.Parent))],
            now + ReadGraphMailHandler.ShortestRest,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (readAt is not null)
            await accounts.SyncedAsync(from.Account.Id, cancellationToken);
        foreach (var _ in setAside)
            metrics.Skipped("set_aside");
        return true;
    }

    private static FolderDelta Start(GraphAccount account, string name, string? kept) =>
        new(name, kept, GraphPaths.Delta(name, account.Account.CreatedAt));

    // no earlier than it was connected: the past is for a sync
    private DateTimeOffset Since(GraphAccount account) =>
        account.ReadAt?.AddMinutes(-options.Value.ResyncSlackMinutes) is { } read && read > account.Account.CreatedAt ? read : account.Account.CreatedAt;

    private string Preference() => string.Create(CultureInfo.InvariantCulture, $"odata.maxpagesize={graphOptions.Value.DeltaPageSize}");

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "Graph does not know any more how far {Folder} of account {AccountId} was read: it is read again, by time")]
        public static partial void Stale(ILogger logger, Guid accountId, string folder);
    }
}

/// <summary>How far the changes of a folder are read.</summary>
/// <param name="name">The folder.</param>
/// <param name="kept">From where it is read on, as it was stored; null if it never was.</param>
/// <param name="first">Where it begins.</param>
internal sealed class FolderDelta(string name, string? kept, string first)
{
    public string Name { get; } = name;

    /// <summary>The next call.</summary>
    public string Link { get; private set; } = kept ?? first;

    /// <summary>What is to be stored; null for the beginning.</summary>
    public string? Kept { get; private set; } = kept;

    /// <summary>Whether it goes on from a place that Graph gave.</summary>
    public bool IsKept => Kept is not null;

    /// <summary>Whether there are no more changes at the moment.</summary>
    public bool IsDone { get; private set; }

    /// <summary>After a page was read.</summary>
    /// <exception cref="ProviderException">The page does not say where to read on.</exception>
    public void MoveTo(GraphContent page)
    {
        if ((page.NextLink ?? page.DeltaLink) is not { } link || GraphPaths.Relative(link) is not { } relative)
            throw new ProviderException(FailureKind.Transient, "Graph does not say where to read on.");
        (Link, Kept, IsDone) = (relative, relative, page.NextLink is null);
    }

    /// <summary>Begins again.</summary>
    public void Begin(string link) => (Link, Kept) = (link, null);
}
