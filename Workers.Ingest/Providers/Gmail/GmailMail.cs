using System.Net;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Makes a mail, as rules see it, of a message of the Gmail API (<c>format=full</c>).</summary>
internal static class GmailMail
{
    // start of the year 9999, Unix ms
    private const long LastDate = 253_370_764_800_000;

    private static readonly string[] KeptHeaders = ["Message-ID", "In-Reply-To", "References", "Reply-To", "Cc", "Date", "List-Id"];

    /// <summary>
    /// The mail. Its id is Gmail's, unique within the mailbox. Its text is that of its plain parts, else the text of its HTML, else
    /// Gmail's snippet. What is inside an attached mail belongs to the attachment.
    /// </summary>
    public static InboundMail Read(GmailMessage message, MailAccount account, DateTimeOffset now)
    {
        var root = message.Payload ?? new GmailPart();
        var plain = new List<string>();
        var html = new List<string>();
        var attachments = new List<MailAttachment>();
        foreach (var leaf in Leaves(root))
        {
            if (IsAttachment(leaf))
                attachments.Add(Describe(leaf));
            else if (IsType(leaf, "text/html"))
                html.Add(MimeText.Decode(leaf));
            else if (leaf.MimeType is null || IsType(leaf, "text/plain"))
                plain.Add(MimeText.Decode(leaf));
        }

        return new(
            message.Id,
            EncodedWords.DecodeAddresses(root.Header("From") ?? ""),
            EncodedWords.DecodeAddresses(root.Header("To") ?? account.Address),
            EncodedWords.Decode(root.Header("Subject") ?? ""),
            TextOf(plain, html, message.Snippet),
            TimeOf(message) ?? now,
            message.ThreadId,
            KeptHeaders.Where(name => root.Header(name) is not null).ToDictionary(name => name, name => root.Header(name)!),
            attachments);
    }

    /// <summary>When it was sent or came in; null where Gmail does not say.</summary>
    public static DateTimeOffset? TimeOf(GmailMessage message) =>
        message.InternalDate is { } date and > 0 and < LastDate ? DateTimeOffset.FromUnixTimeMilliseconds(date) : null;

    private static string TextOf(List<string> plain, List<string> html, string? snippet)
    {
        var text = string.Join('\n', plain);
        if (string.IsNullOrWhiteSpace(text))
            text = string.Join('\n', html.Select(part => HtmlText.From(part)));
        return string.IsNullOrWhiteSpace(text) ? WebUtility.HtmlDecode(snippet ?? "") : text;
    }

    private static IEnumerable<GmailPart> Leaves(GmailPart part) =>
        part.Parts is { Count: > 0 } parts && !IsType(part, "message/rfc822") ? parts.OfType<GmailPart>().SelectMany(Leaves) : [part];

    // a picture that the HTML shows, like a logo in a signature, is no attachment to a person
    private static bool IsAttachment(GmailPart part) =>
        IsType(part, "message/rfc822")
        || (!string.IsNullOrEmpty(part.Filename)
            && !(part.MimeType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true
                && part.Header("Content-ID") is not null
                && part.Header("Content-Disposition")?.StartsWith("inline", StringComparison.OrdinalIgnoreCase) == true));

    private static MailAttachment Describe(GmailPart part) => new(
        string.IsNullOrEmpty(part.Filename) ? "message.eml" : EncodedWords.Decode(part.Filename),
        part.MimeType ?? "application/octet-stream",
        part.Body?.Size ?? 0);

    private static bool IsType(GmailPart part, string type) => string.Equals(part.MimeType, type, StringComparison.OrdinalIgnoreCase);
}

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
                    .Select(header => KeyValuePair.Create(header!.Name!, header.Value!))],
                sent ? default : new([.. PartTypes(root, depth: 0).Take(MostParts)], WebUtility.HtmlDecode(message.Snippet ?? "")));
    }

    /// <summary>The same mail with what it says, when it looks like a delivery report.</summary>
    /// <exception cref="ProviderException">It cannot be read now.</exception>
    public static async Task<MailEnvelope> WithReportAsync(
        this GmailClient gmail, MailAccount account, MailEnvelope mail, CancellationToken cancellationToken)
    {
        if (!MailClassification.IsDeliveryReport(mail))
            return mail;
        try
        {
            var raw = await gmail.RawAsync(account, mail.ProviderId, cancellationToken);
            return mail with { Report = await DeliveryReports.ReadAsync(MimeText.FromBase64Url(raw.Raw), cancellationToken) };
        }
        catch (ProviderException reason) when (reason.Kind is FailureKind.NotFound or FailureKind.Permanent)
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
        return (part.Parts ?? []).OfType<GmailPart>().SelectMany(inner => PartTypes(inner, depth + 1)).Prepend(type ?? "");
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
