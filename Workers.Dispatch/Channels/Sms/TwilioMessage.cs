namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>
/// A text to send by <c>POST /2010-04-01/Accounts/{sid}/Messages.json</c>
/// (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource).
/// </summary>
/// <param name="To">The recipient's number, in E.164.</param>
/// <param name="Body">The text, at most <see cref="MaxBody"/> long.</param>
/// <param name="NotificationId">Whose status callbacks are wanted; null wants none.</param>
internal sealed record TwilioMessage(string To, string Body, Guid? NotificationId = null)
{
    /// <summary>The longest text: over 1,600 characters is error 21617. Counted in UTF-16 units, which are never fewer.</summary>
    public const int MaxBody = 1600;
}
