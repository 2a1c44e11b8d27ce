using Switchboard.Workers.Ingest.Email.Tracking;
using Switchboard.Workers.Ingest.Providers.Gmail;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Makes mails as they are recorded of those of Graph.</summary>
internal static class GraphMails
{
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
                Read(message, isSent, mails, failed);
        }
    }

    /// <summary>One mail.</summary>
    public static void Read(GraphMessage message, Func<GraphMessage, bool> isSent, List<MailEnvelope> mails, List<FailedMail> failed)
    {
        var sent = isSent(message);
        if (Problem(message, sent) is { } problem)
            failed.Add(new(message.Id ?? "", problem));
        else
            mails.Add(Seen(message, sent));
    }

    /// <summary>The sender's address; null when there is none.</summary>
    public static string? SenderOf(GraphMessage message) =>
        string.IsNullOrWhiteSpace(message.From?.EmailAddress?.Address) ? null : message.From.EmailAddress.Address.Trim();

    private static string? Problem(GraphMessage message, bool sent) =>
        string.IsNullOrEmpty(message.Id) ? "It has no id."
        : string.IsNullOrWhiteSpace(message.InternetMessageId) ? "It has no Message-ID."
        : TimeOf(message, sent) is null ? "It has no time."
        : SenderOf(message) is null ? "It has no sender."
        : sent && !RecipientsOf(message).Any() ? "It has no recipients."
        : null;

    private static MailEnvelope Seen(GraphMessage message, bool sent) => new(
        message.Id!,
        message.InternetMessageId!,
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
            .Select(header => KeyValuePair.Create(header!.Name!, header.Value!))]);

    private static DateTimeOffset? TimeOf(GraphMessage message, bool sent) =>
        sent ? message.SentDateTime ?? message.ReceivedDateTime : message.ReceivedDateTime ?? message.SentDateTime;

    private static IEnumerable<string> RecipientsOf(GraphMessage message) =>
        new[] { message.ToRecipients, message.CcRecipients, message.BccRecipients }
            .SelectMany(recipients => recipients ?? [])
            .Select(recipient => recipient?.EmailAddress?.Address?.Trim())
            .OfType<string>()
            .Where(address => address.Length > 0);
}
