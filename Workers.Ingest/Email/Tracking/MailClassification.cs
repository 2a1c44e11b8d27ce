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
}

/// <summary>
/// How the subjects of automatic mail begin, in the languages that mail programs speak. The weakest sign of all: who answers such a mail
/// has its words behind a <c>Re:</c>, so only the very beginning counts.
/// </summary>
internal static class AutomaticSubjects
{
    /// <summary>Put before the subject of the mail that is answered, each with a colon.</summary>
    public static readonly string[] AutoReplyPrefixes =
    [
        "automatic reply", "auto reply", "auto-reply", "autoreply", "auto response", "auto-response", "automatic response",
        "automated reply", "automated response", "out of office", "out of the office", "out of office autoreply", "out of office reply",
        "automatische antwort", "abwesenheitsnotiz", "abwesend", "abwesenheit", "autoantwort",
        "réponse automatique", "reponse automatique", "absence du bureau", "respuesta automática", "respuesta automatica",
        "fuera de la oficina", "risposta automatica", "fuori sede", "resposta automática", "resposta automatica", "automatisch antwoord",
        "afwezig", "autosvar", "automatiskt svar", "automatisk svar", "frånvaro", "automaattinen vastaus", "odpowiedź automatyczna",
        "automatická odpověď", "automatikus válasz", "răspuns automat", "otomatik yanıt", "автоответ", "автоматический ответ",
        "自動応答", "自動返信", "自动答复", "自动回复", "自動回覆", "자동 회신",
    ];

    /// <summary>Put before the subject of the mail that did not arrive, each with a colon.</summary>
    public static readonly string[] BouncePrefixes =
    [
        "undeliverable", "undelivered", "undeliverable mail", "delivery failure", "delivery failed", "message undeliverable",
        "unzustellbar", "nicht zustellbar", "non remis", "non distribuable", "non délivré", "no se puede entregar", "no entregado",
        "non recapitabile", "impossibile recapitare", "não é possível entregar", "não entregue", "onbestelbaar", "kan inte levereras",
        "kunne ikke leveres", "kan ikke leveres", "ei voi toimittaa", "niedostarczalne", "nedoručitelné", "kézbesíthetetlen", "teslim edilemedi",
        "не удается доставить", "недоставленное", "配信不能", "未送达", "无法送达", "無法傳遞", "배달되지 않음",
    ];

    private static readonly string[] DelayPrefixes =
        ["delivery delayed", "delayed", "verzögert", "zustellung verzögert", "remise différée", "retardé", "entrega retrasada", "consegna ritardata"];

    private static readonly string[] SuccessPrefixes =
        ["delivered", "relayed", "expanded", "zugestellt", "relayé", "entregado", "recapitato"];

    private static readonly string[] ReceiptPrefixes =
        ["read", "not read", "gelesen", "ungelesen", "lu", "non lu", "leído", "no leído", "letto", "non letto"];

    // without the subject of another mail
    private static readonly string[] AutoReplies =
    [
        "out of office", "out of the office", "i am out of the office", "i'm out of the office", "abwesenheitsnotiz", "réponse automatique",
        "reponse automatique", "respuesta automática", "vacation reply", "on vacation", "away from my mail", "autoreply", "automatic reply",
    ];

    private static readonly string[] Bounces =
    [
        "delivery status notification (failure)", "delivery status notification(failure)", "mail delivery failed", "mail delivery failure",
        "mail delivery system", "undelivered mail returned to sender", "undeliverable mail", "returned mail:", "failure notice",
        "delivery failure", "message delivery failure", "mail system error", "mail could not be delivered", "rejected:",
        "benachrichtigung zum übermittlungsstatus (fehlgeschlagen)", "zustellung fehlgeschlagen", "échec de la remise",
    ];

    private static readonly string[] Delays =
    [
        "delivery status notification (delay", "delayed mail", "delivery delayed", "warning: could not send", "warning: message", "mail delivery delayed",
        "benachrichtigung zum übermittlungsstatus (verzögerung", "message delayed", "delivery status notification (relay", "successful mail delivery",
        "delivery status notification (success",
    ];

    /// <summary>Whether it is that of an automatic answer, or of a receipt.</summary>
    public static bool IsAutoReply(string subject) =>
        HasPrefix(subject, AutoReplyPrefixes) || HasPrefix(subject, ReceiptPrefixes) || Begins(subject, AutoReplies) || IsDelayOrSuccess(
            subject);

    /// <summary>Whether it tells that a mail did not arrive.</summary>
    public static bool IsBounce(string subject) => HasPrefix(subject, BouncePrefixes) || Begins(subject, Bounces);

    /// <summary>Whether it tells that a mail has not yet arrived, or that it has.</summary>
    public static bool IsDelayOrSuccess(string subject) =>
        Begins(subject, Delays) || HasPrefix(subject, DelayPrefixes) || HasPrefix(subject, SuccessPrefixes);

    private static bool HasPrefix(string subject, string[] prefixes) =>
        SubjectPrefix.LengthOf(subject, prefixes) > 0;

    private static bool Begins(string subject, string[] beginnings)
    {
        var text = subject.AsSpan().TrimStart();
        foreach (var beginning in beginnings)
            if (text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }
}
