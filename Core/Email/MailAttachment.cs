namespace Switchboard.Core.Email;

/// <summary>A file attached to a mail; only its description, never its content.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Size">Its size in bytes.</param>
public sealed record MailAttachment(string Name, string ContentType, long Size);
