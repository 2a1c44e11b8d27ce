using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Webhooks.Email;

/// <summary>What is attached to a mail; only its description.</summary>
internal sealed class AttachmentRequest
{
    public string? Name { get; init; }

    public string? ContentType { get; init; }

    /// <summary>In bytes.</summary>
    public long? Size { get; init; }

    public MailAttachment ToAttachment() => new(Name!, ContentType ?? "application/octet-stream", Size ?? 0);
}
