namespace Switchboard.Simulator.Gmail;

/// <summary>A mail of <c>POST /_sim/gmail/messages</c>.</summary>
/// <param name="To">The mailbox; it is made when there is none.</param>
/// <param name="From">The sender, with or without a display name.</param>
/// <param name="Subject">May be empty.</param>
/// <param name="Body">The text; may be empty.</param>
/// <param name="Html">The same as HTML: then the mail is <c>multipart/alternative</c>.</param>
/// <param name="Attachments">What is attached: then the mail is <c>multipart/mixed</c>.</param>
/// <param name="ThreadId">The conversation; without it the mail begins one.</param>
/// <param name="MessageId">The header <c>Message-ID</c>.</param>
/// <param name="Headers">Further headers.</param>
internal sealed record NewMail(
    string? To,
    string? From,
    string? Subject = null,
    string? Body = null,
    string? Html = null,
    IReadOnlyList<NewAttachment>? Attachments = null,
    string? ThreadId = null,
    string? MessageId = null,
    IReadOnlyDictionary<string, string>? Headers = null)
{
    /// <summary>What is wrong with it and what to do; null when nothing is.</summary>
    public string? Error =>
        To is null || !To.Contains('@', StringComparison.Ordinal) ? "to: name the mailbox, such as demo@example.com."
        : string.IsNullOrWhiteSpace(From) ? "from: name the sender, such as billing@acme.test."
        : null;
}
