namespace Switchboard.Core.Email;

/// <summary>A mail as its rules see it, whichever way it came.</summary>
/// <param name="MessageId">Unique within its mailbox or, for mail from a webhook, its user.</param>
/// <param name="From">The sender, <c>billing@acme.test</c> or <c>Acme Billing &lt;billing@acme.test&gt;</c>.</param>
/// <param name="To">The recipient.</param>
/// <param name="Subject">The subject; may be empty.</param>
/// <param name="Text">The body as text; may be empty.</param>
/// <param name="ReceivedAt">When it was received.</param>
/// <param name="ThreadId">The provider's id of the conversation.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Attachments">What is attached.</param>
public sealed record InboundMail(
    string MessageId,
    string From,
    string To,
    string Subject,
    string Text,
    DateTimeOffset ReceivedAt,
    string? ThreadId = null,
    IReadOnlyDictionary<string, string>? Headers = null,
    IReadOnlyList<MailAttachment>? Attachments = null);

/// <summary>A file attached to a mail; only its description, never its content.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record MailAttachment(string Name, string ContentType, long Size);
