using System.Buffers;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Makes mails as they are recorded of those of Graph.</summary>
internal static class GraphMails
{
    private static readonly SearchValues<char> NeedQuotes = SearchValues.Create("()<>[]:;@\\,.\"");

    /// <summary>The mails of a page; what is no mail (any more) or a draft is left out, what cannot be read has its reason.</summary>
    /// <param name="page">The page.</param>
    /// <param name="isSent">Whether the owner sent a mail.</param>
    /// <param name="mails">Where those that could be read go.</param>
    /// <param name="failed">Where the others go.</param>
    public static void Read(IEnumerable<GraphMail> page, Func<GraphMessage, bool> isSent, List<MailEnvelope> mails, List<FailedMail> failed)
    {
        foreach (var mail in page)
        {
            if (mail.Message is null)
                failed.Add(new(mail.Id ?? "", mail.Problem ?? "It cannot be read."));
            else if (mail.Message is { Removed: null, IsDraft: false } message)
            {
                if (Envelope(message, isSent(message), failed) is { } envelope)
                    mails.Add(envelope);
            }
        }
    }

    /// <summary>The mails of a page of changes, of which the folder says whether they were sent or came in.</summary>
    public static IEnumerable<GraphArrival> Arrivals(IEnumerable<GraphMail> page, bool isSent, List<FailedMail> failed)
    {
        foreach (var mail in page)
        {
            if (mail.Message is null)
                failed.Add(new(mail.Id ?? "", mail.Problem ?? "It cannot be read."));
            else if (mail.Message is { Removed: null, IsDraft: false } message)
                yield return new(message, !isSent, Envelope(message, isSent, failed));
        }
    }

    /// <summary>A mail as it is tracked; null when something that it needs is missing, which is added to what failed.</summary>
    public static MailEnvelope? Envelope(GraphMessage message, bool isSent, List<FailedMail> failed)
    {
        if (Problem(message, isSent) is not { } problem)
            return Envelope(message, isSent);
        failed.Add(new(message.Id ?? "", problem));
        return null;
    }

    /// <summary>A mail that came in as its rules see it.</summary>
    /// <param name="message">The mail.</param>
    /// <param name="content">Its text and whether something is attached; null where nobody asked.</param>
    /// <param name="owner">The address of its mailbox.</param>
    public static ReceivedMessage ForRules(GraphMessage message, GraphMessage? content, string owner) => new(
        MessageKind.Mail,
        HeaderOf(message.From?.EmailAddress),
        message.ToRecipients?.Select(recipient => HeaderOf(recipient?.EmailAddress)).Where(to => to.Length > 0).ToArray() is { Length: > 0 } to
            ? string.Join(", ", to)
            : owner,
        EncodedWords.Decode(message.Subject ?? ""),
        TextOf(content?.Body),
        message.ReceivedDateTime!.Value,
        content?.HasAttachments ?? false);

    /// <summary>The sender's address; null when there is none.</summary>
    public static string? SenderOf(GraphMessage message) =>
        string.IsNullOrWhiteSpace(message.From?.EmailAddress?.Address) ? null : message.From.EmailAddress.Address.Trim();

    private static string? Problem(GraphMessage message, bool sent) =>
        string.IsNullOrEmpty(message.Id) ? "It has no id."
        : TimeOf(message, sent) is null ? "It has no time."
        : SenderOf(message) is null ? "It has no sender."
        : sent && !RecipientsOf(message).Any() ? "It has no recipients."
        : null;

    private static MailEnvelope Envelope(GraphMessage message, bool sent) => new(
        message.Id!,
        message.InternetMessageId ?? "",
        message.ConversationId,
        sent,
        SenderOf(message)!,
        [.. RecipientsOf(message)],
        // Exchange leaves what it cannot decode as it came
        EncodedWords.Decode(message.Subject ?? ""),
        TimeOf(message, sent)!.Value,
        [.. (message.Categories ?? []).OfType<string>()],
        [.. (message.InternetMessageHeaders ?? [])
            .Where(header => header is { Name: not null, Value: not null })
            .Select(header => KeyValuePair.Create(header!.Name!, header.Value!))],
        sent ? default : new(IsMeetingResponse(message) ? ["text/calendar; method=REPLY"] : null, message.BodyPreview));

    // Graph shows an answer to an invitation as a separate resource instead of its part
    private static bool IsMeetingResponse(GraphMessage message) =>
        message.Type?.EndsWith("eventMessageResponse", StringComparison.OrdinalIgnoreCase) == true;

    // Graph is asked for text, and may send HTML nevertheless
    private static string TextOf(GraphItemBody? body) =>
        body?.Content is not { Length: > 0 } content ? ""
        : string.Equals(body.ContentType, "html", StringComparison.OrdinalIgnoreCase) ? HtmlText.From(content)
        : content.ReplaceLineEndings("\n").TrimEnd();

    // Name <a@b.test>, as in a mail's header
    private static string HeaderOf(GraphAddress? address)
    {
        var mailbox = address?.Address?.Trim() ?? "";
        var name = address?.Name?.Trim() ?? "";
        if (name.Length == 0 || string.Equals(name, mailbox, StringComparison.OrdinalIgnoreCase))
            return mailbox;
        var quoted = name.AsSpan().ContainsAny(NeedQuotes)
            ? $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
            : name;
        return $"{quoted} <{mailbox}>";
    }

    private static DateTimeOffset? TimeOf(GraphMessage message, bool sent) =>
        sent ? message.SentDateTime ?? message.ReceivedDateTime : message.ReceivedDateTime ?? message.SentDateTime;

    private static IEnumerable<string> RecipientsOf(GraphMessage message) =>
        new[] { message.ToRecipients, message.CcRecipients, message.BccRecipients }
            .SelectMany(recipients => recipients ?? [])
            .Select(recipient => recipient?.EmailAddress?.Address?.Trim())
            .OfType<string>()
            .Where(address => address.Length > 0);
}

/// <summary>The folders that say of a mail what it is, by their ids.</summary>
/// <param name="Sent">Of what was sent.</param>
/// <param name="Inbox">Of what comes in; null where there is none.</param>
/// <param name="Junk">Of what nobody wants; null where there is none.</param>
/// <param name="Deleted">Of what was thrown away; null where there is none.</param>
internal sealed record GraphFolderIds(string Sent, string? Inbox, string? Junk, string? Deleted)
{
    /// <summary>Whether its owner sent a mail: it lies in the sent items, or it comes from the owner's address wherever it lies.</summary>
    public bool IsSent(GraphMessage message, string owner) => message.ParentFolderId == Sent || IsFrom(message, owner);

    /// <summary>Whether a mail came in, which the owner may have sent to themselves; not what is junk or thrown away.</summary>
    public bool IsInbound(GraphMessage message, string owner) =>
        message.ParentFolderId is { } folder
        && folder != Sent && folder != Junk && folder != Deleted
        && (folder == Inbox || !IsFrom(message, owner));

    /// <summary>A mail that was read by its id.</summary>
    public GraphArrival ArrivalOf(GraphMessage message, string owner, List<FailedMail> failed) =>
        new(message, IsInbound(message, owner), GraphMails.Envelope(message, IsSent(message, owner), failed));

    private static bool IsFrom(GraphMessage message, string owner) =>
        GraphMails.SenderOf(message) is { } sender && MailAddress.Canonical(sender) == MailAddress.Canonical(owner);
}

/// <summary>Finds the folders of a mailbox.</summary>
internal sealed class GraphFolders(GraphClient graph, HybridCache cache)
{
    /// <summary>The namespace in the cache: keys <c>graph-folder:{account}/all</c>.</summary>
    public const string Namespace = "graph-folder";

    private static readonly string[] Names = [GraphPaths.SentItems, GraphPaths.Inbox, "junkemail", "deleteditems"];

    /// <summary>The folders of an account, mostly from the cache.</summary>
    /// <exception cref="ProviderException">Graph does not say which they are.</exception>
    public ValueTask<GraphFolderIds> OfAsync(Guid account, CancellationToken cancellationToken) => cache.GetOrCreateAsync(
        $"{Namespace}:{account}/all", token => new ValueTask<GraphFolderIds>(ReadAsync(account, token)),
        cancellationToken: cancellationToken);

    private async Task<GraphFolderIds> ReadAsync(Guid account, CancellationToken cancellationToken)
    {
        var answers = await graph.BatchAsync(
            account, [.. Names.Select(name => new GraphCall($"/me/mailFolders/{name}?$select=id"))], cancellationToken);
        return new(
            answers[0].Read().Id ?? throw new ProviderException(FailureKind.Transient, "Graph's folder has no id."),
            IdOf(answers[1]),
            IdOf(answers[2]),
            IdOf(answers[3]));
    }

    // not every mailbox has each of them
    private static string? IdOf(GraphAnswer answer) =>
        answer.Failure is { Kind: FailureKind.NotFound } ? null : answer.Read().Id;
}
