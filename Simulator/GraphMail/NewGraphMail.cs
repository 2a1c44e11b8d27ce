using System.Text.Json;

namespace Switchboard.Simulator.GraphMail;

/// <summary>A mail of <c>POST /_sim/graph/messages</c>.</summary>
/// <param name="Address">Whose mailbox; there must be one.</param>
/// <param name="Folder">inbox (as without it) or sentitems.</param>
/// <param name="From">The sender; without it the owner, in the sent items.</param>
/// <param name="To">The recipients, one or an array; without it the owner, in the inbox.</param>
/// <param name="Cc">Further recipients.</param>
/// <param name="Subject">May be empty.</param>
/// <param name="Body">The text; may be empty.</param>
/// <param name="InReplyTo">The Message-ID of the mail that it answers.</param>
/// <param name="References">The Message-IDs of the conversation, oldest first, with spaces between.</param>
/// <param name="ConversationId">Without it that of the mail that it answers, or one of its own.</param>
/// <param name="InternetMessageId">Its own Message-ID.</param>
/// <param name="AutoReply">Whether its headers say that no person wrote it.</param>
/// <param name="Bounce">Whether its headers say that another could not be delivered.</param>
/// <param name="At">When; now without it.</param>
/// <param name="Id">Graph's id.</param>
/// <param name="Broken">Whether its JSON lacks sender, recipients, times, conversation and Message-ID.</param>
/// <param name="Categories">As the owner marked it.</param>
/// <param name="Silent">Whether no notification tells of it.</param>
internal sealed record NewGraphMail(
    string? Address,
    string? Folder = null,
    string? From = null,
    JsonElement? To = null,
    IReadOnlyList<string>? Cc = null,
    string? Subject = null,
    string? Body = null,
    string? InReplyTo = null,
    string? References = null,
    string? ConversationId = null,
    string? InternetMessageId = null,
    bool AutoReply = false,
    bool Bounce = false,
    DateTimeOffset? At = null,
    string? Id = null,
    bool Broken = false,
    IReadOnlyList<string>? Categories = null,
    bool Silent = false)
{
    public bool IsSent => string.Equals(Folder, nameof(MailFolder.SentItems), StringComparison.OrdinalIgnoreCase);

    /// <summary>What is wrong with it and what to do; null when nothing is.</summary>
    public string? Error =>
        Address is null ? "address: name the mailbox, such as demo@example.com."
        : !IsSent && Folder is not null && !Folder.Equals(nameof(MailFolder.Inbox), StringComparison.OrdinalIgnoreCase) ? "folder: use inbox or sentitems."
        : To is { ValueKind: not (JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Null) } ? "to: use an address or an array of them."
        : IsSent && Recipients.Count == 0 ? "to: name whom it was sent to, such as ben@contoso.test."
        : !IsSent && string.IsNullOrWhiteSpace(From) ? "from: name the sender, such as ben@contoso.test."
        : Id is { Length: 0 } || Id?.Contains('/', StringComparison.Ordinal) is true ? "id: use characters that a path can have, without slashes."
        : null;

    /// <summary>The Message-IDs that it says it answers, the nearest first.</summary>
    public IReadOnlyList<string> Answers =>
        [.. new[] { InReplyTo }.Concat((References ?? "").Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Reverse()).OfType<string>().Distinct()];

    public IReadOnlyList<MailAddress> Recipients => To?.ValueKind switch
    {
        JsonValueKind.String => [MailAddress.Parse(To.Value.GetString()!)],
        JsonValueKind.Array => [.. To.Value.EnumerateArray().Select(to => MailAddress.Parse(to.ToString()))],
        _ => [],
    };
}
