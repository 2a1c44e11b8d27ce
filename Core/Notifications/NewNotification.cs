using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>A notification that is to be made: a row in <c>notifications</c>, pending.</summary>
/// <param name="Id">Its id, a UUIDv7: lists are in the order of ids.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Channel">Over which channel: <c>whatsapp</c> or <c>sms</c>.</param>
/// <param name="Recipient">To whom, in the form of the channel.</param>
/// <param name="Body">What it says.</param>
/// <param name="Priority">The lane of its send, and with it how often and how soon a failed send is tried again.</param>
/// <param name="Source">Where it comes from, one of <see cref="NotificationSources"/>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="EmailId">The mail that led to it, if one did.</param>
/// <param name="RuleId">The rule that matched the mail or text.</param>
/// <param name="SendAt">Not to be sent before this time; null for at once.</param>
/// <param name="TextId">The text that led to it, a row in <c>sms_messages</c>, if one did.</param>
/// <param name="TrackedEmailId">The tracked mail that was not answered, if this reminds of one.</param>
/// <param name="Reminder">The number of the reminder, from 1.</param>
public sealed record NewNotification(
    Guid Id,
    Guid UserId,
    string Channel,
    string Recipient,
    string Body,
    JobPriority Priority,
    string Source,
    DateTimeOffset CreatedAt,
    Guid? EmailId = null,
    Guid? RuleId = null,
    DateTimeOffset? SendAt = null,
    Guid? TextId = null,
    Guid? TrackedEmailId = null,
    short? Reminder = null);
