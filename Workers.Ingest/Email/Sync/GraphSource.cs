using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Microsoft 365: sent items and inbox, each in two halves of its time, a page of each lane in one batch.</summary>
internal sealed class GraphSource(GraphClient graph, TimeProvider time) : IMailSource
{
    private static readonly string[] Folders = [GraphPaths.SentItems, GraphPaths.Inbox];

    public async Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellation)
    {
        // what comes in from now on is read as a change; Graph compares whole seconds
        var to = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds() + 1);
        var answers = await graph.BatchAsync(account.Id, [.. Folders.Select(folder => new GraphCall(GraphPaths.First(folder, since, to)))], cancellation);
        var folders = answers.Select(answer => answer.Read()).ToArray();
        return new(
            SyncCursors.Plan(folders.Select((content, i) => new FolderSpan(Folders[i], FirstOf(content, since), to))),
            folders.All(content => content.Count is not null) ? folders.Sum(content => content.Count) : null);
    }

    public async Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellation)
    {
        var open = cursors.Lanes.Index().Where(lane => !lane.Item.IsDone).ToArray();
        var answers = await graph.BatchAsync(
            account.Id,
            [.. open.Select(lane => new GraphCall(lane.Item.Next ?? GraphPaths.Page(lane.Item.Folder, lane.Item.From, lane.Item.To, size)))],
            cancellation);
        var pages = new List<PartitionPage>();
        GraphException? failure = null;
        for (var i = 0; i < open.Length; i++)
        {
            if (answers[i].Content is { } content)
                pages.Add(Page(open[i].Index, open[i].Item, content));
            else if (open[i].Item.MayRestart && IsStale(answers[i].Failure!))
                pages.Add(PartitionPage.Stale(open[i].Index));
            else if (failure?.Failure is not GraphFailure.Limited)
                failure = answers[i].Failure;
        }

        return pages.Count == 0 && failure is not null ? throw failure : new(pages, failure is null ? null : ProviderFault.Of(failure));
    }

    // a folder whose first mail has no time that can be read is read from the beginning
    private static DateTimeOffset? FirstOf(GraphContent content, DateTimeOffset? since) =>
        content.Value is not { Count: > 0 } mails ? null : mails[0].Message?.ReceivedDateTime ?? since ?? DateTimeOffset.UnixEpoch;

    private static PartitionPage Page(int number, SyncPartition lane, GraphContent content)
    {
        var (mails, failed) = (new List<MailEnvelope>(), new List<FailedMail>());
        GraphMails.Read(content.Value ?? [], _ => lane.Folder == GraphPaths.SentItems, mails, failed);
        return new(number, mails, failed, content.NextLink is null ? null : GraphPaths.Relative(content.NextLink));
    }

    // Graph calls a link that it does not know any more by several names, a bad request being one of them
    private static bool IsStale(GraphException failure) =>
        failure.Failure is GraphFailure.StaleState or GraphFailure.NotFound || (failure.Failure == GraphFailure.Refused && failure.Status == 400);
}
