using Switchboard.Core.Email;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>What is done about a mail that is due, and when it is looked at again: a pure function.</summary>
/// <param name="Action">What is done.</param>
/// <param name="RemindAt">When the next reminder is due; null for none.</param>
/// <param name="NextCheckAt">When there is something to do next.</param>
internal readonly record struct DueDecision(DueAction Action, DateTimeOffset? RemindAt, DateTimeOffset NextCheckAt)
{
    /// <summary>Decides by the policy as it is now, which may not be the one under which the mail was recorded.</summary>
    /// <param name="mail">The mail.</param>
    /// <param name="account">Its account; null when it is gone.</param>
    /// <param name="now">The time.</param>
    /// <param name="pausedRetry">When to look again at what cannot be reminded of now.</param>
    public static DueDecision Of(DueMail mail, DueAccount? account, DateTimeOffset now, TimeSpan pausedRetry)
    {
        if (mail.ExpiresAt <= now)
            return new(DueAction.Expire, null, mail.ExpiresAt);
        if (account is not { IsActive: true })
            return new(DueAction.Later, mail.RemindAt, now + pausedRetry < mail.ExpiresAt ? now + pausedRetry : mail.ExpiresAt);

        var due = NextReminder(mail, account);
        var check = TrackingSchedule.NextCheck(due, mail.SnoozedUntil, mail.ExpiresAt);
        if (check > now)
            return new(DueAction.Later, due, check);

        var next = TrackingSchedule.NextReminder(account.FollowUp, account.TrackingSince, mail.SentAt, mail.Reminders + 1, now);
        return new(DueAction.Remind, next, TrackingSchedule.NextCheck(next, mail.SnoozedUntil, mail.ExpiresAt));
    }

    private static DateTimeOffset? NextReminder(DueMail mail, DueAccount account)
    {
        var next = TrackingSchedule.NextReminder(account.FollowUp, account.TrackingSince, mail.SentAt, mail.Reminders, mail.RemindedAt);
        // the reminder before was deleted: what was planned after it holds
        return next is not null && mail.Reminders > 0 && mail.RemindedAt is null ? mail.RemindAt : next;
    }
}
