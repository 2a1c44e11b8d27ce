using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>A notification and all that happened to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Body">What it says.</param>
/// <param name="DeliveryStatus">How far it is.</param>
/// <param name="Priority">How soon it is sent.</param>
/// <param name="Source">Where it comes from: <c>email</c>, <c>text</c> or <c>api</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SentAt">When the provider took it.</param>
/// <param name="DeliveredAt">When it reached its recipient.</param>
/// <param name="SendAt">Not to be sent before this time.</param>
/// <param name="Error">What went wrong last.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
/// <param name="RuleId">The rule that matched the mail or text.</param>
/// <param name="Email">The mail that led to it.</param>
/// <param name="Text">The text that led to it.</param>
/// <param name="Attempts">Each try, the first first.</param>
/// <param name="Timeline">What happened, in its order.</param>
internal sealed record NotificationDetail(
    Guid Id,
    string Channel,
    string Recipient,
    string Body,
    DeliveryStatus DeliveryStatus,
    JobPriority Priority,
    string Source,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? SendAt,
    string? Error,
    string? ProviderMessageId,
    Guid? RuleId,
    EmailOfNotification? Email,
    TextOfNotification? Text,
    IReadOnlyList<NotificationAttempt> Attempts,
    IReadOnlyList<TimelineEvent> Timeline);

/// <summary>The mail that led to a notification.</summary>
internal sealed record EmailOfNotification(Guid Id, string MessageId, string From, string Subject, DateTimeOffset ReceivedAt);

/// <summary>The text that led to a notification.</summary>
internal sealed record TextOfNotification(Guid Id, string MessageSid, string From, DateTimeOffset ReceivedAt);

/// <summary>One try to send it.</summary>
/// <param name="Number">From 1.</param>
/// <param name="At">When it was begun.</param>
/// <param name="Outcome">sent, transient, permanent or unknown.</param>
/// <param name="ProviderStatus">The status that the provider answered.</param>
/// <param name="Error">What it said was wrong.</param>
/// <param name="DurationMs">How long the answer took, in milliseconds.</param>
internal sealed record NotificationAttempt(int Number, DateTimeOffset At, string Outcome, int? ProviderStatus, string? Error, int DurationMs);
