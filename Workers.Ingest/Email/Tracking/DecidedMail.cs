using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Email.Tracking;

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
