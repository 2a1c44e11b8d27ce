namespace Switchboard.Core.Notifications;

/// <summary>So many notifications of a user reached a state in a minute.</summary>
/// <param name="Kind"><c>notification.created</c>, <c>.sent</c>, <c>.delivered</c>, <c>.read</c>, <c>.failed</c> or <c>.cancelled</c>.</param>
/// <param name="UserId">Whose notifications.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="Minute">The minute in which it happened, UTC.</param>
/// <param name="Count">How many.</param>
/// <param name="DeliveryMs">For delivered ones: from created to delivered, added up, in milliseconds.</param>
public sealed record NotificationEvent(
    string Kind,
    Guid UserId,
    string Channel,
    DateTimeOffset Minute,
    long Count,
    long DeliveryMs = 0);
