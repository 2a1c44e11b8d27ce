using Switchboard.Core.Notifications;

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

/// <summary>What is to be done about a mail that is due.</summary>
internal enum DueAction
{
    /// <summary>Nothing yet.</summary>
    Later,

    /// <summary>Its user is reminded.</summary>
    Remind,

    /// <summary>It is not waited for any more.</summary>
    Expire,
}

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

/// <summary>What the account of a mail wants now.</summary>
/// <param name="IsActive">Whether it is read; while it is not, an answer may be there that nobody knows of.</param>
/// <param name="FollowUp">When and how its user is reminded; null for never.</param>
/// <param name="TrackingSince">Mail sent before gets no reminders.</param>
internal sealed record DueAccount(bool IsActive, FollowUp? FollowUp, DateTimeOffset? TrackingSince);

/// <summary>A mail that was due, with what was decided about it.</summary>
internal sealed record DecidedMail(DueMail Mail, FollowUp? FollowUp, DueDecision Decision)
{
    /// <summary>Whether somebody who looks at the mail sees another one than before.</summary>
    public bool IsShown => Decision.Action != DueAction.Later || Decision.RemindAt != Mail.RemindAt;

    /// <summary>The reminder, if there is one to send: of a mail and a number there is one.</summary>
    public NotificationDraft? Reminder(DateTimeOffset now) => Decision.Action != DueAction.Remind ? null : new NotificationDraft(
        Mail.UserId,
        FollowUp!.Channel,
        FollowUp.Recipient,
        ReminderText.Of(Mail, now),
        JobPriority.Normal,
        NotificationSource.Tracking(Mail.Id),
        NotificationKeys.Reminder(Mail.Id, Mail.Reminders + 1));
}

/// <summary>What a reminder says: who was written to, about what, and how long ago.</summary>
internal static class ReminderText
{
    private const int LongestSubject = 200;

    /// <summary><c>No answer yet from ann@contoso.test and 2 more: "Offer 42", sent 3 days ago.</c></summary>
    public static string Of(DueMail mail, DateTimeOffset now)
    {
        var recipient = mail.Recipient.Length == 0 ? "anybody" : mail.Recipient;
        var more = mail.Recipients > 1 ? $" and {mail.Recipients - 1} more" : "";
        return $"No answer yet from {recipient}{more}: {Subject(mail.Subject)}, sent {Ago(now - mail.SentAt)} ago.";
    }

    private static string Subject(string subject)
    {
        var text = subject.Trim();
        return text.Length == 0 ? "(no subject)" : $"\"{StorableText.Cut(text, LongestSubject)}\"";
    }

    // a working day is the least that is waited
    private static string Ago(TimeSpan ago) => ago >= TimeSpan.FromDays(2) ? $"{(int)ago.TotalDays} days" : $"{(int)ago.TotalHours} hours";
}
