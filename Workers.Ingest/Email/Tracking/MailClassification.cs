namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Tells what a person wrote from what a program did. By headers first (RFC 3834, RFC 3462, what Exchange, Exim and others add), then by
/// the sender, and by the subject where nothing else says it. A report that a delivery is late or has succeeded is no bounce.
/// </summary>
internal static class MailClassification
{
    private static readonly string[] Daemons = ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"];
    private static readonly string[] AutoReplyHeaders = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"];

    /// <summary>One of <see cref="MailKind"/>.</summary>
    public static string KindOf(MailEnvelope mail)
    {
        if (mail.IsSent)
            return MailKind.Sent;
        var headers = mail.Headers;
        var contentType = headers.Find("Content-Type");
        if (IsOfDelivery(mail, contentType))
            return AutomaticSubjects.IsDelayOrSuccess(mail.Subject) ? MailKind.AutoReply : MailKind.Bounce;
        return IsAutomatic(mail, contentType) ? MailKind.AutoReply : MailKind.Reply;
    }

    private static bool IsOfDelivery(MailEnvelope mail, string? contentType) =>
        (IsReport(contentType) && contentType!.Contains("delivery-status", StringComparison.OrdinalIgnoreCase))
        || mail.Headers.Find("X-Failed-Recipients") is not null
        // Exchange writes it without a value
        || mail.Headers.Find("X-MS-Exchange-Message-Is-Ndr") is not null
        || IsDaemon(mail.From)
        || AutomaticSubjects.IsBounce(mail.Subject);

    private static bool IsAutomatic(MailEnvelope mail, string? contentType)
    {
        var headers = mail.Headers;
        return IsReport(contentType)
            || IsAutoSubmitted(headers.Find("Auto-Submitted"))
            || Array.Exists(AutoReplyHeaders, name => headers.Find(name) is { } value && !Is(value, "no"))
            // what asks for fewer kinds of answers may be a person's: Exchange adds that on the way
            || Is(headers.Find("X-Auto-Response-Suppress"), "All")
            || IsAutomaticPrecedence(headers)
            || Is(headers.Find("Return-Path"), "<>")
            || AutomaticSubjects.IsAutoReply(mail.Subject);
    }

    private static bool IsReport(string? contentType) =>
        contentType?.TrimStart().StartsWith("multipart/report", StringComparison.OrdinalIgnoreCase) == true;

    // RFC 3834, 5: "no" is the only value that a person's mail may have; a comment or parameters may follow
    private static bool IsAutoSubmitted(string? value) =>
        value is not null && value.Split([';', '('], 2)[0].Trim() is { Length: > 0 } keyword && !Is(keyword, "no");

    // bulk and junk are what vacation programs write; of a list they say nothing, people write to lists too
    private static bool IsAutomaticPrecedence(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        var precedence = headers.Find("Precedence");
        return Is(precedence, "auto_reply") || Is(precedence, "auto-reply")
            || ((Is(precedence, "bulk") || Is(precedence, "junk")) && headers.Find("List-Id") is null && headers.Find("List-Post") is null);
    }

    private static bool IsDaemon(string from)
    {
        var at = from.LastIndexOf('@');
        var name = (at < 0 ? from : from[..at]).Trim().Trim('"', '<');
        return Array.Exists(Daemons, daemon => Is(name, daemon));
    }

    private static bool Is(string? value, string wanted) =>
        value is not null && value.AsSpan().Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase);
}
