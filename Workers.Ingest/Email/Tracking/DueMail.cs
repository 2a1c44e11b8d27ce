namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>A mail that is waited for and about which there may be something to do.</summary>
/// <param name="Id">Its row.</param>
/// <param name="AccountId">Its account.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Recipient">The first recipient; may be empty.</param>
/// <param name="Recipients">How many there are.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="ExpiresAt">Until when it is waited for.</param>
/// <param name="RemindAt">When the next reminder was to be sent, as its account's policy was; null for none.</param>
/// <param name="Reminders">How many were sent.</param>
/// <param name="RemindedAt">When the last one was; null if none was or that is not known any more.</param>
/// <param name="SnoozedUntil">Not before that.</param>
internal sealed record DueMail(
    Guid Id,
    Guid AccountId,
    Guid UserId,
    string Subject,
    string Recipient,
    int Recipients,
    DateTimeOffset SentAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RemindAt,
    int Reminders,
    DateTimeOffset? RemindedAt,
    DateTimeOffset? SnoozedUntil);
