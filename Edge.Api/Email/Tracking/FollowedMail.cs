using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>What decides how a tracked mail stands. Changes of it are pure decisions.</summary>
/// <param name="Status">Its status.</param>
/// <param name="ResponseAt">When a person first answered, of all answers that are stored.</param>
/// <param name="BouncedAt">When it came back.</param>
/// <param name="ExpiresAt">Until when an answer is waited for.</param>
/// <param name="RemindAt">When the next reminder is due.</param>
/// <param name="SnoozedUntil">No reminder before that.</param>
/// <param name="StoppedAt">When its user stopped following it.</param>
internal sealed record FollowedMail(
    string Status,
    DateTimeOffset? ResponseAt,
    DateTimeOffset? BouncedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? RemindAt,
    DateTimeOffset? SnoozedUntil,
    DateTimeOffset? StoppedAt)
{
    /// <summary>When there is something to do about it next, while it is active.</summary>
    public DateTimeOffset NextCheckAt => TrackingSchedule.NextCheck(RemindAt, SnoozedUntil, ExpiresAt);

    /// <summary>Reads the columns in their order.</summary>
    public static FollowedMail Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.Nullable<DateTimeOffset>(1),
        row.Nullable<DateTimeOffset>(2),
        row.GetFieldValue<DateTimeOffset>(3),
        row.Nullable<DateTimeOffset>(4),
        row.Nullable<DateTimeOffset>(5),
        row.Nullable<DateTimeOffset>(6));

    /// <summary>What a request makes of it, or why it does not; the same mail where there is nothing to change.</summary>
    public (FollowedMail? Changed, string? Refusal) With(ChangeTrackedEmailRequest change, DateTimeOffset now) => change switch
    {
        { Status: TrackedStatus.Stopped } => Stop(now),
        { Status: not null } => Resume(now),
        _ => Snooze(change.SnoozeUntil!.Value.ToUniversalTime()),
    };

    private (FollowedMail?, string?) Stop(DateTimeOffset now) => Status switch
    {
        TrackedStatus.Stopped => (this, null),
        TrackedStatus.Active or TrackedStatus.Expired => (this with { Status = TrackedStatus.Stopped, StoppedAt = now }, null),
        _ => (null, $"The mail is {Status}: only one that is active or expired can be stopped."),
    };

    private (FollowedMail?, string?) Resume(DateTimeOffset now) => Status switch
    {
        TrackedStatus.Active => (this, null),
        TrackedStatus.Stopped => (this with
        {
            Status = TrackedStatus.Of(isStopped: false, ResponseAt is not null, BouncedAt is not null, ExpiresAt, now),
            StoppedAt = null,
        }, null),
        _ => (null, $"The mail is {Status}: only one that was stopped can go on."),
    };

    private (FollowedMail?, string?) Snooze(DateTimeOffset until) => Status != TrackedStatus.Active
        ? (null, $"The mail is {Status}: only one that is active can be snoozed.")
        : until >= ExpiresAt
            ? (null, $"Nothing is waited for after {ExpiresAt:O}: snooze it until a time before that.")
            : (this with { SnoozedUntil = until }, null);
}
