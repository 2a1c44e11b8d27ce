using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Finds mails at Microsoft 365.</summary>
internal sealed class GraphFinder(GraphClient graph, GraphFolders folders) : IMailFinder
{
    // a conversation of more mails than that is read as far as it goes
    private const int MostPages = 3;

    public async Task<RequestedMail> FindAsync(MailAccount account, TrackingRequest request, CancellationToken cancellation)
    {
        var isSent = await folders.IsSentAsync(account.Id, account.Address, cancellation);
        var found = request.IsByMessageId
            ? (await graph.ReadAsync(account.Id, new(GraphPaths.ByMessageId(request.MessageId)), cancellation)).Value ?? []
            : await GetAsync(account, request.MessageId, cancellation);
        var (mails, failed) = Read(found, isSent);
        var requested = RequestedMail.Of(found.Count, mails, failed.FirstOrDefault()?.Error);
        return requested.Mail is { ConversationId: { Length: > 0 } conversation } mail
            ? requested with { Conversation = await ConversationAsync(account, conversation, mail, isSent, cancellation) }
            : requested;
    }

    private async Task<IReadOnlyList<GraphMail>> GetAsync(MailAccount account, string id, CancellationToken cancellation)
    {
        var answer = (await graph.BatchAsync(account.Id, [new(GraphPaths.Message(id))], cancellation))[0];
        // a bad request: an id that is none of Graph's
        return answer.Failure is { Failure: GraphFailure.NotFound } or { Failure: GraphFailure.Refused, Status: 400 }
            ? []
            : [new(answer.Read() with { Id = answer.Content!.Id ?? id }, id)];
    }

    private async Task<IReadOnlyList<MailEnvelope>> ConversationAsync(
        MailAccount account, string conversation, MailEnvelope mail, Func<GraphMessage, bool> isSent, CancellationToken cancellation)
    {
        var others = new List<MailEnvelope>();
        var next = GraphPaths.Conversation(conversation);
        for (var page = 0; page < MostPages && next is not null; page++)
        {
            var content = await graph.ReadAsync(account.Id, new(next), cancellation);
            others.AddRange(Read(content.Value ?? [], isSent).Mails.Where(other => other.ProviderId != mail.ProviderId));
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
