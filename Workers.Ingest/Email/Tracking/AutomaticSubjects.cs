namespace Switchboard.Workers.Ingest.Email.Tracking;

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
        HasPrefix(subject, AutoReplyPrefixes) || HasPrefix(subject, ReceiptPrefixes) || Begins(subject, AutoReplies) || IsDelayOrSuccess(subject);

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
