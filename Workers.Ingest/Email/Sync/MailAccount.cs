using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>An account whose mail is read to be tracked.</summary>
/// <param name="Id">The account, a row in <c>mailboxes</c>.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Provider"><see cref="Gmail"/> or <see cref="Microsoft"/>.</param>
/// <param name="Address">Its address.</param>
/// <param name="IsActive">Whether it is to be read.</param>
/// <param name="Policy">What is tracked; null: only what is asked for.</param>
/// <param name="TrackingSince">Mail sent before gets no reminders.</param>
/// <param name="CreatedAt">When it was connected.</param>
internal sealed record MailAccount(
    Guid Id,
    Guid UserId,
    string Provider,
    string Address,
    bool IsActive,
    TrackingPolicy? Policy,
    DateTimeOffset? TrackingSince,
    DateTimeOffset CreatedAt)
{
    public const string Gmail = "gmail";
    public const string Microsoft = "microsoft";

    /// <summary>As its mail is recorded.</summary>
    public TrackedMailbox Tracked => new(Id, UserId, Address, Policy, TrackingSince);
}
