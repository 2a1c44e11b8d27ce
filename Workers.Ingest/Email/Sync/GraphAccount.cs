namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>An account of Microsoft 365, and what is known of its changes.</summary>
/// <param name="Account">The account.</param>
/// <param name="InboxDelta">From where the changes of the inbox are read on; null: from when it was connected.</param>
/// <param name="SentDelta">The same of the sent items.</param>
/// <param name="SubscriptionId">What tells of changes; null for nothing.</param>
/// <param name="SubscriptionExpiresAt">Until when.</param>
/// <param name="ReadAt">When the changes were last read to their end.</param>
internal sealed record GraphAccount(
    MailAccount Account,
    string? InboxDelta,
    string? SentDelta,
    string? SubscriptionId,
    DateTimeOffset? SubscriptionExpiresAt,
    DateTimeOffset? ReadAt);
