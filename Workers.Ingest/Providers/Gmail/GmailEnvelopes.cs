using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Makes a mail as it is recorded of a message of the Gmail API, whether it was sent or came in. Gmail has no categories.</summary>
internal static class GmailEnvelopes
{
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
        problem = string.IsNullOrEmpty(id) ? "It has no Message-ID."
            : from is null ? "It has no sender."
            : sent && recipients.Length == 0 ? "It has no recipients."
            : GmailMail.TimeOf(message) is null ? "It has no time."
            : null;
        return problem is not null
            ? null
            : new(
                message.Id,
                id!,
                message.ThreadId,
                sent,
                from!,
                recipients,
                EncodedWords.Decode(root.Header("Subject") ?? ""),
                GmailMail.TimeOf(message)!.Value,
                [],
                [.. (root.Headers ?? [])
                    .Where(header => header is { Name: not null, Value: not null })
                    .Select(header => KeyValuePair.Create(header.Name!, header.Value!))]);
    }
}
