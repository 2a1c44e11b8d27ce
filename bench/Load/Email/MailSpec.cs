namespace Switchboard.Load.Email;

/// <summary>A kind of mail.</summary>
/// <param name="From">The sender's address.</param>
/// <param name="Subject">The subject, before the token.</param>
/// <param name="Text">The text.</param>
/// <param name="HasAttachment">Whether something is attached.</param>
internal sealed record MailSpec(string From, string Subject, string Text, bool HasAttachment = false);
