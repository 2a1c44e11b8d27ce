using System.Diagnostics;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.Notifications;

/// <summary>A notification to be created: <see cref="NotificationStore.CreateAsync"/> turns it into a row and a send.</summary>
/// <param name="UserId">The user whose notification it is.</param>
/// <param name="Channel">The name of its channel, one of <see cref="Channels.Names"/>.</param>
/// <param name="Recipient">The address, in the form of the channel.</param>
/// <param name="Body">What it says.</param>
/// <param name="Priority">The queue of its send, and with it how often and how soon a failed send is tried again.</param>
/// <param name="Source">What led to it.</param>
/// <param name="DedupKey">Of a user and a key there is one notification, however often it is asked for; null where nothing
/// repeats it.</param>
/// <param name="RuleId">The rule that matched, if one did.</param>
/// <param name="ScheduledFor">Not to be sent before this time; null for at once.</param>
/// <param name="Parent">The span that its send belongs to; null for the current one.</param>
/// <param name="Content">What it says beside the text; null for a plain text.</param>
/// <param name="RecipientId">Whose it is, a row in <c>recipients</c>; null for a mere address.</param>
/// <param name="Metadata">What it can be found by, a JSON object; null for nothing.</param>
/// <param name="Id">Its id, where what led to it has one that is asked for but once: it is as old as that; null for a new one.</param>
public sealed record NotificationDraft(
    Guid UserId,
    string Channel,
    string Recipient,
    string Body,
    JobPriority Priority,
    NotificationSource Source,
    string? DedupKey = null,
    Guid? RuleId = null,
    DateTimeOffset? ScheduledFor = null,
    ActivityContext? Parent = null,
    NotificationContent? Content = null,
    Guid? RecipientId = null,
    string? Metadata = null,
    Guid? Id = null);

/// <summary>What led to a notification: of which kind it is, and which one. A new kind needs no change of the schema.</summary>
/// <param name="Kind">The kind, as it is stored and as the API shows it.</param>
/// <param name="Id">Its row, in the table of its kind; null where there is none.</param>
public readonly record struct NotificationSource(string Kind, Guid? Id)
{
    /// <summary>The kind of a mail that matched a rule.</summary>
    public const string EmailKind = "email";

    /// <summary>The kind of an SMS that matched a rule; stored as <c>text</c> for compatibility.</summary>
    public const string SmsKind = "text";

    /// <summary>The kind of what mail tracking has to say.</summary>
    public const string TrackingKind = "tracking";

    /// <summary>The kind of what a program asked for.</summary>
    public const string ApiKind = "api";

    /// <summary>The kind of what <c>POST /api/notify</c> led to.</summary>
    public const string NotifyKind = "notify";

    /// <summary>The kind of what tells of an account.</summary>
    public const string AccountKind = "account";

    /// <summary>The kind of what tells of a webhook endpoint.</summary>
    public const string WebhookKind = "webhook";

    /// <summary>A program asked for it at <c>POST /api/notifications</c>.</summary>
    public static NotificationSource Api { get; } = new(ApiKind, null);

    /// <summary>A rule matched a mail, a row in <c>emails</c>.</summary>
    public static NotificationSource Email(Guid emailId) => new(EmailKind, emailId);

    /// <summary>A rule matched an SMS, a row in <c>sms_messages</c>.</summary>
    public static NotificationSource Sms(Guid messageId) => new(SmsKind, messageId);

    /// <summary>A program asked for it at <c>POST /api/notify</c>, a row in <c>notify_requests</c>.</summary>
    public static NotificationSource Notify(Guid requestId) => new(NotifyKind, requestId);

    /// <summary>A mailbox was connected, a row in <c>mailboxes</c>.</summary>
    public static NotificationSource Account(Guid accountId) => new(AccountKind, accountId);

    /// <summary>A webhook endpoint was turned off, a row in <c>webhook_endpoints</c>.</summary>
    public static NotificationSource Webhook(Guid endpointId) => new(WebhookKind, endpointId);

    /// <summary>A tracked mail was not answered, or an account that is tracked needs its user; the row of the one or the other.</summary>
    public static NotificationSource Tracking(Guid id) => new(TrackingKind, id);
}

/// <summary>The keys of the notifications that the system makes by itself: <see cref="NotificationDraft.DedupKey"/>.</summary>
public static class NotificationKeys
{
    /// <summary>A rule that matched a mail or an SMS leads to one notification, however often the message comes.</summary>
    public static string RuleMatch(NotificationSource source, Guid ruleId) => $"{source.Kind}:{source.Id}/{ruleId}";

    /// <summary>A reminder of a tracked mail, by its number; <c>ClaimDueMails</c> builds the same key in SQL.</summary>
    public static string Reminder(Guid trackedEmailId, int number) => $"reminder:{trackedEmailId}/{number}";

    /// <summary>An account whose grant was taken back, once a grant.</summary>
    public static string Revocation(Guid accountId, string grantHash) => $"revoked:{accountId}/{grantHash}";

    /// <summary>A webhook endpoint that was turned off, each time that it is.</summary>
    public static string EndpointDisabled(Guid endpointId, DateTimeOffset at) =>
        $"webhook-disabled:{endpointId}/{at.ToUnixTimeMilliseconds()}";
}
