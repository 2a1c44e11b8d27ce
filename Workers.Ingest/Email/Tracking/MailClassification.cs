using System.Text.RegularExpressions;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// Tells what a person wrote from what a program did. A delivery report is what its machine-readable part says (RFC 3464); else headers
/// decide (RFC 3834, what Exchange, Exim and others add), then the sender, then the form of the mail; the subject only where nobody but
/// a program writes so.
/// </summary>
internal static partial class MailClassification
{
    // the last one is the sender of Exchange's own reports
    private static readonly string[] Daemons =
        ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e"];

    private static readonly string[] AutoReplyHeaders = ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply"];

    /// <summary>One of <see cref="MailKind"/>.</summary>
    public static string KindOf(MailEnvelope mail)
    {
        if (mail.IsSent)
            return MailKind.Sent;
        if (mail.Report?.IsFailure is { } isFailure)
            return isFailure ? MailKind.Bounce : MailKind.AutoReply;
        if (IsDeliveryReport(mail))
            return AutomaticSubjects.IsNoFailure(mail.Subject) ? MailKind.AutoReply : MailKind.Bounce;
        return IsReaction(mail) ? MailKind.Reaction
            : IsCalendarAnswer(mail) ? MailKind.Calendar
            : IsAutomatic(mail) ? MailKind.AutoReply
            : MailKind.Reply;
    }

    /// <summary>Whether a mail looks like one that tells what became of another, so that what it says is worth reading.</summary>
    public static bool IsDeliveryReport(MailEnvelope mail)
    {
        var headers = mail.Headers;
        if (mail.IsSent)
            return false;
        if (IsReport(headers))
            // of readings and abuse there are reports, too (RFC 8098, RFC 5965)
            return HasType(headers, "delivery-status") || !HasType(headers, "report-type");
        return headers.Find("X-Failed-Recipients") is not null
            // Exchange writes it without a value
            || headers.Find("X-MS-Exchange-Message-Is-Ndr") is not null
            || IsDaemon(mail.From)
            || AutomaticSubjects.IsBounce(mail.Subject)
            || (AutomaticSubjects.MayBeBounce(mail.Subject) && (IsFromNobody(headers) || IsAutoSubmitted(headers.Find("Auto-Submitted"))));
    }

    private static bool IsAutomatic(MailEnvelope mail)
    {
        var headers = mail.Headers;
        return IsReport(headers)
            || IsAutoSubmitted(headers.Find("Auto-Submitted"))
            || Array.Exists(AutoReplyHeaders, name => headers.Find(name) is { } value && !Is(value, "no"))
            // what asks for fewer kinds of answers may be a person's: Exchange adds that on the way
            || Is(headers.Find("X-Auto-Response-Suppress"), "All")
            || IsAutomaticPrecedence(headers, mail.Subject)
            || IsFromNobody(headers)
            || AutomaticSubjects.IsAutoReply(mail.Subject);
    }

    // an answer to an invitation (RFC 5546, 3.2.3), or to one that was sent before with another time
    private static bool IsCalendarAnswer(MailEnvelope mail) =>
        Types(mail).Any(type => IsType(type, "text/calendar")
            && (type.Contains("method=REPLY", StringComparison.OrdinalIgnoreCase)
                || type.Contains("method=\"REPLY\"", StringComparison.OrdinalIgnoreCase)
                || type.Contains("method=COUNTER", StringComparison.OrdinalIgnoreCase)))
        || AutomaticSubjects.IsCalendarAnswer(mail.Subject);

    // Gmail's are mails with a part of their own (Gmail: Email reactions); Outlook's are texts to all who are elsewhere
    private static bool IsReaction(MailEnvelope mail) =>
        Types(mail).Any(type => IsType(type, "text/vnd.google.email-reaction+json"))
        || (mail.Form.Preview is { } preview && Reaction().IsMatch(preview));

    private static IEnumerable<string> Types(MailEnvelope mail) => TypesOf(mail.Headers).Concat(mail.Form.PartTypes ?? []);

    private static IEnumerable<string> TypesOf(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        headers.Where(header => Is(header.Key, "Content-Type")).Select(header => header.Value);

    private static bool IsType(string contentType, string type) =>
        contentType.AsSpan().Trim() is var text && text.StartsWith(type, StringComparison.OrdinalIgnoreCase)
        && (text.Length == type.Length || text[type.Length] is ';' or ' ' or '\t' or '\r' or '\n' or '(');

    private static bool IsReport(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        TypesOf(headers).Any(type => IsType(type, "multipart/report"));

    private static bool HasType(IReadOnlyList<KeyValuePair<string, string>> headers, string part) =>
        TypesOf(headers).Any(type => type.Contains(part, StringComparison.OrdinalIgnoreCase));

    // RFC 3834, 5: "no" is the only value that a person's mail may have; a comment or parameters may follow
    private static bool IsAutoSubmitted(string? value) =>
        value is not null && value.Split([';', '('], 2)[0].Trim() is { Length: > 0 } keyword && !Is(keyword, "no");

    private static bool IsFromNobody(IReadOnlyList<KeyValuePair<string, string>> headers) => Is(headers.Find("Return-Path"), "<>");

    // junk is what vacation programs write; bulk is that of programs and of people whose servers mark all that they send
    private static bool IsAutomaticPrecedence(IReadOnlyList<KeyValuePair<string, string>> headers, string subject)
    {
        var precedence = headers.Find("Precedence");
        if (Is(precedence, "auto_reply") || Is(precedence, "auto-reply"))
            return true;
        return headers.Find("List-Id") is null && headers.Find("List-Post") is null
            && (Is(precedence, "junk") || (Is(precedence, "bulk") && AutomaticSubjects.MayBeAutoReply(subject)));
    }

    private static bool IsDaemon(string from)
    {
        var at = from.LastIndexOf('@');
        var name = (at < 0 ? from : from[..at]).Trim().Trim('"', '<');
        return Array.Exists(Daemons, daemon => Is(name, daemon));
    }

    private static bool Is(string? value, string wanted) =>
        value is not null && value.AsSpan().Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(
        @"\A\s*(?:\[\w{2,20}\]\s*)?[^\r\n:]{1,100} reacted to your (?:message|email|post):\s*(?:\z|_{5}|From:)"
            + @"|\A[^\r\n]{1,120}\breacted via Gmail\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Reaction();
}

/// <summary>What a mail is to the one that it may answer, as stored and shown.</summary>
internal static class MailKind
{
    /// <summary>The owner of the mailbox sent it.</summary>
    public const string Sent = "sent";

    /// <summary>A person wrote it.</summary>
    public const string Reply = "reply";

    /// <summary>A program did: somebody is away, a ticket was opened, a delivery takes longer.</summary>
    public const string AutoReply = "auto-reply";

    /// <summary>A mail could not be delivered.</summary>
    public const string Bounce = "bounce";

    /// <summary>A calendar tells who takes part.</summary>
    public const string Calendar = "calendar";

    /// <summary>Somebody chose an emoji.</summary>
    public const string Reaction = "reaction";
}
