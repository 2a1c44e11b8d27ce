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

    /// <summary>The first moment at which there is something to do: the reminder, not before the end of a snooze; or the end of
    /// waiting.</summary>
    /// <param name="remindAt">When the next reminder is due; null for none.</param>
    /// <param name="snoozedUntil">The earliest time, when its user put it off.</param>
    /// <param name="expiresAt">Until when an answer is waited for.</param>
    public static DateTimeOffset NextCheck(DateTimeOffset? remindAt, DateTimeOffset? snoozedUntil, DateTimeOffset expiresAt)
    {
        var reminder = remindAt < snoozedUntil ? snoozedUntil : remindAt;
        return reminder < expiresAt ? reminder.Value : expiresAt;
    }
}

/// <summary>Counts days from Monday to Friday, in a time zone.</summary>
public static class WorkingDays
{
    /// <summary>
    /// The same time of day, so many working days later. From a Saturday or Sunday the first one is Monday. A time of day that a change
    /// of clocks leaves out becomes the next one that there is.
    /// </summary>
    /// <param name="from">The time to count from.</param>
    /// <param name="days">How many, at least 1.</param>
    /// <param name="zone">The time zone of the days.</param>
    public static DateTimeOffset Add(DateTimeOffset from, int days, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        var local = TimeZoneInfo.ConvertTime(from, zone).DateTime;
        for (var left = days; left > 0;)
        {
            local = local.AddDays(1);
            if (local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                left--;
        }

        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
