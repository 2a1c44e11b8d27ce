namespace Switchboard.Core.Email;

/// <summary>When something is to be done about a tracked mail: pure decisions over its row and its account's policy.</summary>
public static class TrackingSchedule
{
    /// <summary>When the next reminder is due; null for none.</summary>
    /// <param name="followUp">The account's wish.</param>
    /// <param name="trackingSince">Since when the account is tracked: what was sent before gets no reminders.</param>
    /// <param name="sentAt">When the mail was sent.</param>
    /// <param name="reminders">How many reminders it has had.</param>
    /// <param name="remindedAt">When it had the last one; null if it had none.</param>
    public static DateTimeOffset? NextReminder(
        FollowUp? followUp, DateTimeOffset? trackingSince, DateTimeOffset sentAt, int reminders, DateTimeOffset? remindedAt) =>
        followUp is null || reminders >= followUp.MaxReminders || trackingSince is null || sentAt < trackingSince
            ? null
            : WorkingDays.Add(remindedAt ?? sentAt, followUp.AfterWorkingDays, TimeZoneInfo.FindSystemTimeZoneById(followUp.TimeZone));

    /// <summary>The first moment at which there is something to do: the reminder, not before the end of a snooze; or the end of waiting.</summary>
    /// <param name="remindAt">When the next reminder is due; null for none.</param>
    /// <param name="snoozedUntil">Not before that.</param>
    /// <param name="expiresAt">Until when an answer is waited for.</param>
    public static DateTimeOffset NextCheck(DateTimeOffset? remindAt, DateTimeOffset? snoozedUntil, DateTimeOffset expiresAt)
    {
        var reminder = remindAt < snoozedUntil ? snoozedUntil : remindAt;
        return reminder < expiresAt ? reminder.Value : expiresAt;
    }
}
