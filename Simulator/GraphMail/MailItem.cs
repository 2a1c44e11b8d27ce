namespace Switchboard.Simulator.GraphMail;

/// <summary>A mail as Graph shows it, planned or added.</summary>
internal sealed record MailItem
{
    public required string Id { get; init; }

    public required MailFolder Folder { get; init; }

    /// <summary>When it was received or, in the sent items, sent; in seconds since 1970.</summary>
    public required long At { get; init; }

    public required string Subject { get; init; }

    /// <summary>The text without markup; lines end with a line feed.</summary>
    public required string Text { get; init; }

    public required MailAddress From { get; init; }

    public required IReadOnlyList<MailAddress> To { get; init; }

    public IReadOnlyList<MailAddress> Cc { get; init; } = [];

    public required string ConversationId { get; init; }

    public required string ConversationIndex { get; init; }

    /// <summary>The header <c>Message-ID</c>, in angle brackets.</summary>
    public required string InternetMessageId { get; init; }

    /// <summary>Further headers; Graph keeps none of what was sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool IsRead { get; init; } = true;

    /// <summary>Whether its JSON lacks what every mail has.</summary>
    public bool IsBroken { get; init; }
}
