namespace Switchboard.Workers.Ingest.Providers.Gmail;

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
