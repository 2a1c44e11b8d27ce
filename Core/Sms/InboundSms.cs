namespace Switchboard.Core.Sms;

/// <summary>A text as the provider handed it in.</summary>
/// <param name="MessageSid">The provider's id of it: the same text has the same, however often it comes.</param>
/// <param name="From">Who sent it, a number in E.164.</param>
/// <param name="To">The number that it was sent to.</param>
/// <param name="Body">What it says; may be empty.</param>
/// <param name="Media">Its files, in their order.</param>
/// <param name="ReceivedAt">When the webhook took it.</param>
public sealed record InboundSms(
    string MessageSid, string From, string To, string Body, IReadOnlyList<InboundMedia> Media, DateTimeOffset ReceivedAt);
