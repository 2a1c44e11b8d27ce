using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>Whose mail is recorded, and what of it is tracked.</summary>
/// <param name="Id">The account, a row in <c>mailboxes</c>.</param>
/// <param name="UserId">Its user.</param>
/// <param name="Address">Its address: what comes from it answers nothing.</param>
/// <param name="Policy">What is tracked; null: only what is asked for.</param>
/// <param name="TrackingSince">Mail sent before gets no reminders.</param>
internal sealed record TrackedMailbox(Guid Id, Guid UserId, string Address, TrackingPolicy? Policy, DateTimeOffset? TrackingSince);
