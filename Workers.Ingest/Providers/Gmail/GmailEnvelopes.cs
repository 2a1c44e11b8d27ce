using System.Net;
using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Makes a mail as it is recorded of a message of the Gmail API, whether it was sent or came in. Gmail has no
/// categories.</summary>
internal static class GmailEnvelopes
{
    private const int MostParts = 50;
    private const int MostDepth = 10;

    /// <summary>Whether it is a mail, and no draft, chat or the like.</summary>
    public static bool IsMail(GmailMessage message) => GmailLabels.IsSent(message.LabelIds) || GmailLabels.IsInbound(message.LabelIds);

    /// <summary>The mail; null when something that it needs is missing.</summary>
    public static MailEnvelope? Read(GmailMessage message, out string? problem)
    {
        var root = message.Payload ?? new GmailPart();
        var sent = GmailLabels.IsSent(message.LabelIds);
        var id = root.Header("Message-ID")?.Trim();
        var from = MailAddress.ReadAll(root.Header("From")) is [var first, ..] ? first : null;
        string[] recipients =
            [.. MailAddress.ReadAll(root.Header("To")), .. MailAddress.ReadAll(root.Header("Cc")), .. MailAddress.ReadAll(root.Header("Bcc"))];
        problem = from is null ? "It has no sender."
            : sent && recipients.Length == 0 ? "It has no recipients."
            : GmailMail.TimeOf(message) is null ? "It has no time."
            : null;
        return problem is not null
            ? null
            : new(
                message.Id,
                id ?? "",
                message.ThreadId,
                sent,
                from!,
                recipients,
                EncodedWords.Decode(root.Header("Subject") ?? ""),
                GmailMail.TimeOf(message)!.Value,
                [],
                [.. (root.Headers ?? [])
                    .Where(header => header is { Name: not null, Value: not null })
                    .Select(header => KeyValuePair.Create(header.Name!, header.Value!))],
                sent ? default : new([.. PartTypes(root, depth: 0).Take(MostParts)], WebUtility.HtmlDecode(message.Snippet ?? "")));
    }

    /// <summary>The same mail with what it says, when it looks like a delivery report.</summary>
    /// <exception cref="GmailException">It cannot be read now.</exception>
    public static async Task<MailEnvelope> WithReportAsync(
        this GmailClient gmail, Mailbox mailbox, MailEnvelope mail, CancellationToken cancellationToken)
    {
        if (!MailClassification.IsDeliveryReport(mail))
            return mail;
        try
        {
            var raw = await gmail.RawAsync(mailbox, mail.ProviderId, cancellationToken);
            return mail with { Report = await DeliveryReports.ReadAsync(MimeText.FromBase64Url(raw.Raw), cancellationToken) };
        }
        catch (GmailException reason) when (reason.Failure is GmailFailure.NotFound or GmailFailure.Refused)
        {
            // gone meanwhile, or too large: its headers say what they say
            return mail;
        }
    }

    // what is attached is none of the forms of a mail
    private static IEnumerable<string> PartTypes(GmailPart part, int depth)
    {
        if (part.Header("Content-Disposition")?.StartsWith("attachment", StringComparison.OrdinalIgnoreCase) == true || depth > MostDepth)
            return [];
        var type = part.Header("Content-Type") ?? part.MimeType;
        return (part.Parts ?? []).SelectMany(inner => PartTypes(inner, depth + 1)).Prepend(type ?? "");
    }
}

/// <summary>Tells mail that came in from what else there is in a mailbox.</summary>
internal static class GmailLabels
{
    /// <summary>Whether a message with these labels came in: no draft, no chat, not thrown away, and sent only if also received.</summary>
    public static bool IsInbound(IReadOnlyList<string>? labels) =>
        labels is null
        || (!labels.Any(label => label is "DRAFT" or "CHAT" or "SPAM" or "TRASH") && (!labels.Contains("SENT") || labels.Contains("INBOX")));

    /// <summary>Whether its owner sent a message with these labels.</summary>
    public static bool IsSent(IReadOnlyList<string>? labels) =>
        labels is not null && labels.Contains("SENT") && !labels.Any(label => label is "DRAFT" or "CHAT" or "SPAM" or "TRASH");
}
