namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>The answer to a send: the message that was made, or an error.</summary>
/// <param name="Sid">The message's id.</param>
/// <param name="Code">The error: https://www.twilio.com/docs/api/errors.</param>
/// <param name="Message">What it says.</param>
internal sealed record TwilioReply(string? Sid, int? Code, string? Message);
