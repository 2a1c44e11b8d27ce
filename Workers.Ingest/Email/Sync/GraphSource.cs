using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Microsoft 365: sent items and inbox, each in two halves of its time, a page of each partition in one batch.</summary>
internal sealed class GraphSource(GraphClient graph, TimeProvider timeProvider) : IMailSource
{
    private static readonly string[] Folders = [GraphPaths.SentItems, GraphPaths.Inbox];

    public async Task<SyncPlan> PlanAsync(MailAccount account, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        // what comes in from now on is read as a change; Graph compares whole seconds
        var to = DateTimeOffset.FromUnixTimeSeconds(timeProvider.GetUtcNow().ToUnixTimeSeconds() + 1);
        var answers = await graph.BatchAsync(
            account.Id, [.. Folders.Select(folder => new GraphCall(GraphPaths.First(folder, since, to)))], cancellationToken);
        var folders = answers.Select(answer => answer.Read()).ToArray();
        return new(
            SyncCursors.Plan(folders.Select((content, i) => new FolderSpan(Folders[i], FirstOf(content, since), to))),
            folders.All(content => content.Count is not null) ? folders.Sum(content => content.Count) : null);
    }

    public async Task<SyncRound> ReadAsync(MailAccount account, SyncCursors cursors, int size, CancellationToken cancellationToken)
    {
        var open = cursors.Partitions.Index().Where(partition => !partition.Item.IsDone).ToArray();
        var answers = await graph.BatchAsync(
            account.Id,
            [
                .. open.Select(partition => partition.Item)
                    .Select(part => new GraphCall(part.Next ?? GraphPaths.Page(part.Folder, part.From, part.To, size))),
            ],
            cancellationToken);
        var pages = new List<PartitionPage>();
        ProviderFailure? failure = null;
        for (var i = 0; i < open.Length; i++)
        {
            if (answers[i].Content is { } content)
                pages.Add(await PageAsync(account, open[i].Index, open[i].Item, content, cancellationToken));
            else if (open[i].Item.MayRestart && IsStale(answers[i].Failure!))
                pages.Add(PartitionPage.Stale(open[i].Index));
            else if (failure?.Kind is not FailureKind.Throttled)
                failure = answers[i].Failure;
        }

        return pages.Count == 0 && failure is not null ? throw new ProviderException(failure) : new(pages, failure);
    }

    // a folder whose first mail has no time that can be read is read from the beginning
    private static DateTimeOffset? FirstOf(GraphContent content, DateTimeOffset? since) =>
        content.Value is not { Count: > 0 } mails ? null : mails[0].Message?.ReceivedDateTime ?? since ?? DateTimeOffset.UnixEpoch;

    private async Task<PartitionPage> PageAsync(
        MailAccount account, int number, SyncPartition partition, GraphContent content, CancellationToken cancellationToken)
    {
        var (mails, failed) = (new List<MailEnvelope>(), new List<FailedMail>());
        GraphMails.Read(content.Value ?? [], _ => partition.Folder == GraphPaths.SentItems, mails, failed);
        return new(
            number,
            (await graph.WithReportsAsync(account.Id, mails, cancellationToken)).All(),
            failed,
            content.NextLink is null ? null : GraphPaths.Relative(content.NextLink));
    }

    // Graph calls a link that it does not know any more by several names, a bad request being one of them
    private static bool IsStale(ProviderFailure failure) =>
        failure is { Kind: FailureKind.StalePosition or FailureKind.NotFound } or { Kind: FailureKind.Permanent, HttpStatus: 400 };
}

/// <summary>Finds mails at Microsoft 365.</summary>
internal sealed class GraphFinder(GraphClient graph, GraphFolders folders) : IMailFinder
{
    // a conversation of more mails than that is read as far as it goes
    private const int MostPages = 3;

    public async Task<RequestedMail> FindAsync(MailAccount account, TrackingRequest request, CancellationToken cancellationToken)
    {
        var known = await folders.OfAsync(account.Id, cancellationToken);
        Func<GraphMessage, bool> isSent = message => known.IsSent(message, account.Address);
        var found = request.IsByMessageId
            ? (await graph.ReadAsync(account.Id, new(GraphPaths.ByMessageId(request.MessageId)), cancellationToken)).Value ?? []
            : await GetAsync(account, request.MessageId, cancellationToken);
        var (mails, failed) = Read(found, isSent);
        var requested = RequestedMail.Of(found.Count, mails, failed.FirstOrDefault()?.Error);
        return requested.Mail is { ConversationId: { Length: > 0 } conversation } mail
            ? requested with { Conversation = await ConversationAsync(account, conversation, mail, isSent, cancellationToken) }
            : requested;
    }

    private async Task<IReadOnlyList<GraphMail>> GetAsync(MailAccount account, string id, CancellationToken cancellationToken)
    {
        var answer = (await graph.BatchAsync(account.Id, [new(GraphPaths.Message(id))], cancellationToken))[0];
        // a bad request: an id that is none of Graph's
        return answer.Failure is { Kind: FailureKind.NotFound } or { Kind: FailureKind.Permanent, HttpStatus: 400 }
            ? []
            : [new(answer.Read() with { Id = answer.Content!.Id ?? id }, id)];
    }

    private async Task<IReadOnlyList<MailEnvelope>> ConversationAsync(
        MailAccount account, string conversation, MailEnvelope mail, Func<GraphMessage, bool> isSent, CancellationToken cancellationToken)
    {
        var others = new List<MailEnvelope>();
        var next = GraphPaths.Conversation(conversation);
        for (var page = 0; page < MostPages && next is not null; page++)
        {
            var content = await graph.ReadAsync(account.Id, new(next), cancellationToken);
            MailEnvelope[] read = [.. Read(content.Value ?? [], isSent).Mails.Where(other => other.ProviderId != mail.ProviderId)];
            others.AddRange((await graph.WithReportsAsync(account.Id, read, cancellationToken)).All());
            next = content.NextLink is null ? null : GraphPaths.Relative(content.NextLink);
        }

        return others;
    }

    private static (List<MailEnvelope> Mails, List<FailedMail> Failed) Read(IReadOnlyList<GraphMail> found, Func<GraphMessage, bool> isSent)
    {
        var (mails, failed) = (new List<MailEnvelope>(), new List<FailedMail>());
        GraphMails.Read(found, isSent, mails, failed);
        return (mails, failed);
    }
}
