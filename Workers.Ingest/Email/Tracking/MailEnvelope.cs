namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail of an account as it was read from its provider, sent or received; never its text.</summary>
/// <param name="ProviderId">The provider's id of the mail.</param>
/// <param name="InternetMessageId">Its Message-ID, in angle brackets.</param>
/// <param name="ConversationId">The provider's id of its conversation.</param>
/// <param name="IsSent">Whether its owner sent it; else it came in.</param>
/// <param name="From">The sender's address.</param>
/// <param name="Recipients">Whom it went to: to, cc, bcc, in this order.</param>
/// <param name="Subject">Its subject; may be empty.</param>
/// <param name="At">When it was sent, or came in.</param>
/// <param name="Categories">The categories that its owner gave it.</param>
/// <param name="Headers">The headers that there are, in their order; of sent mail mostly none.</param>
internal sealed record MailEnvelope(
    string ProviderId,
    string InternetMessageId,
    string? ConversationId,
    bool IsSent,
    string From,
    IReadOnlyList<string> Recipients,
    string Subject,
    DateTimeOffset At,
    IReadOnlyList<string> Categories,
    IReadOnlyList<KeyValuePair<string, string>> Headers);
