using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

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

    /// <summary>What it says of deliveries, when it is a report of them.</summary>
    public IReadOnlyList<ReportedDelivery>? Report { get; init; }

    /// <summary>The Message-ID of the mail that it reports of.</summary>
    public string? Reported { get; init; }

    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool IsRead { get; init; } = true;

    /// <summary>Whether its JSON lacks what every mail has.</summary>
    public bool IsBroken { get; init; }
}

/// <summary>An address with a name, as Graph's <c>emailAddress</c> has it.</summary>
internal sealed record MailAddress(string Name, string Address)
{
    /// <summary>Reads <c>Ann Lee &lt;ann@example.com&gt;</c> or <c>ann@example.com</c>.</summary>
    public static MailAddress Parse(string text)
    {
        var open = text.LastIndexOf('<');
        return open < 0 || !text.EndsWith('>')
            ? new MailAddress(text.Trim(), text.Trim())
            : Named(text[..open].Trim().Trim('"'), text[(open + 1)..^1].Trim());

        static MailAddress Named(string name, string address) => new(name.Length > 0 ? name : address, address);
    }
}

/// <summary>The folders of a mailbox; mails are in the first two.</summary>
internal enum MailFolder
{
    Inbox,
    SentItems,
    Drafts,
    DeletedItems,
}

/// <summary>The headers by which mail programs tell answers, automatic answers and bounces apart (RFC 5322, 3834, 3462).</summary>
internal static class MailHeaders
{
    public static IReadOnlyList<KeyValuePair<string, string>> Of(string? inReplyTo, string? references, bool autoReply, bool bounce)
    {
        List<KeyValuePair<string, string>> headers = [new("MIME-Version", "1.0")];
        Add("Content-Type", bounce ? MimeWriter.ReportType : "text/html; charset=\"utf-8\"");
        Add("In-Reply-To", inReplyTo);
        Add("References", references);
        Add("Auto-Submitted", autoReply || bounce ? "auto-replied" : null);
        Add("X-Auto-Response-Suppress", autoReply || bounce ? "All" : null);
        Add("Return-Path", bounce ? "<>" : null);
        return headers;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                headers.Add(new(name, value));
            }
        }
    }
}
