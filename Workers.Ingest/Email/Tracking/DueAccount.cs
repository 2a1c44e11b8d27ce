using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What the account of a mail wants now.</summary>
/// <param name="IsActive">Whether it is read; while it is not, an answer may be there that nobody knows of.</param>
/// <param name="FollowUp">When and how its user is reminded; null for never.</param>
/// <param name="TrackingSince">Mail sent before gets no reminders.</param>
internal sealed record DueAccount(bool IsActive, FollowUp? FollowUp, DateTimeOffset? TrackingSince);
