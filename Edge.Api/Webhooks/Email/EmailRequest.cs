using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Webhooks.Email;

/// <summary>A mail as a program hands it in.</summary>
internal sealed class EmailRequest
{
    /// <summary>The sender's id of it: the same mail again counts once.</summary>
    public string? MessageId { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public string? Subject { get; init; }

    public string? Text { get; init; }

    /// <summary>When it was received; left out, it is now.</summary>
    public DateTimeOffset? ReceivedAt { get; init; }

    public string? ThreadId { get; init; }

    public Dictionary<string, string?>? Headers { get; init; }

    public IReadOnlyList<AttachmentRequest?>? Attachments { get; init; }

    /// <summary>The mail, once it is found valid.</summary>
    public InboundMail ToMail(DateTimeOffset now) => new(
        MessageId ?? "",
        From!,
        To ?? "",
        Subject ?? "",
        Text ?? "",
        ReceivedAt?.ToUniversalTime() ?? now,
        ThreadId,
        Headers is { Count: > 0 } ? Headers.ToDictionary(header => header.Key, header => header.Value ?? "") : null,
        Attachments is { Count: > 0 } ? [.. Attachments.Select(attachment => attachment!.ToAttachment())] : null);
}
