using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A mailbox that is read.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Address">Its address.</param>
/// <param name="RefreshToken">The OAuth refresh token, encrypted.</param>
/// <param name="HistoryId">Everything up to here is safe; null before the first sync.</param>
/// <param name="WatchExpiresAt">Until when Gmail tells of new mail; null if it never did.</param>
/// <param name="CreatedAt">When it was connected: mail from before is not looked at.</param>
/// <param name="Tracked">For one that is tracked: as its mail is recorded, what was sent too.</param>
internal sealed record Mailbox(
    Guid Id,
    Guid UserId,
    string Address,
    byte[] RefreshToken,
    ulong? HistoryId,
    DateTimeOffset? WatchExpiresAt,
    DateTimeOffset CreatedAt,
    TrackedMailbox? Tracked = null);
