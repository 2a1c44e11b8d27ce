namespace Switchboard.Core.Email;

/// <summary>An item of a notification of Microsoft Graph, whose client state was right.</summary>
/// <param name="SubscriptionId">The subscription that it belongs to.</param>
/// <param name="MessageId">The mail that was added; null for a lifecycle event.</param>
/// <param name="LifecycleEvent"><c>reauthorizationRequired</c>, <c>subscriptionRemoved</c> or <c>missed</c>; null for a change.</param>
public sealed record GraphChange(string SubscriptionId, string? MessageId, string? LifecycleEvent = null);
