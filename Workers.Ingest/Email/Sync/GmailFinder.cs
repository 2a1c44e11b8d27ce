using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>Finds mails at Gmail.</summary>
internal sealed class GmailFinder(GmailClient gmail, MailboxStore mailboxes) : IMailFinder
{
    private const int MostCopies = 10;

    public async Task<RequestedMail> FindAsync(MailAccount account, TrackingRequest request, CancellationToken cancellation)
    {
        if (await mailboxes.FindActiveAsync(account.Id, cancellation) is not { } mailbox)
            throw new GmailException(GmailFailure.Unavailable, "The mailbox is not active any more.");
        var messages = new List<GmailMessage>();
        foreach (var id in await IdsAsync(mailbox, request, cancellation))
        {
            if (await TryAsync(() => gmail.HeadersAsync(mailbox, id, cancellation)) is { } message)
                messages.Add(message);
        }

        var (mails, problem) = Read(messages);
        var requested = RequestedMail.Of(messages.Count, mails, problem);
        return requested.Mail is { ConversationId: { Length: > 0 } thread } mail
            && await TryAsync(() => gmail.ThreadAsync(mailbox, thread, cancellation)) is { Messages: { } all }
            ? requested with { Conversation = [.. Read(all).Mails.Where(other => other.ProviderId != mail.ProviderId)] }
            : requested;
    }

    private async Task<IReadOnlyList<string>> IdsAsync(Mailbox mailbox, TrackingRequest request, CancellationToken cancellation)
    {
        if (!request.IsByMessageId)
            return [request.MessageId];
        var page = await gmail.SearchAsync(
            mailbox, $"rfc822msgid:{request.MessageId.Trim('<', '>')}", label: null, pageToken: null, MostCopies, cancellation);
        return [.. (page.Messages ?? []).Select(message => message.Id)];
    }

    private static (List<MailEnvelope> Mails, string? Problem) Read(IReadOnlyList<GmailMessage> messages)
    {
        var mails = new List<MailEnvelope>();
        string? problem = null;
        foreach (var message in messages.Where(GmailEnvelopes.IsMail))
        {
            if (GmailEnvelopes.Read(message, out var reason) is { } mail)
                mails.Add(mail);
            else
                problem ??= reason;
        }

        return (mails, problem);
    }

    // null for what is not there, or is named by what is no id of Gmail's
    private static async Task<T?> TryAsync<T>(Func<Task<T>> get)
        where T : class
    {
        try
        {
            return await get();
        }
        catch (GmailException reason) when (reason.Failure == GmailFailure.NotFound || reason is { Failure: GmailFailure.Refused, Status: 400 })
        {
            return null;
        }
    }
}
