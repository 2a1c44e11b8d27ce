using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace Switchboard.Workers.Ingest.Email.Tracking;

/// <summary>
/// How the subjects of automatic mail begin. The weakest sign of all: people write such words too, so what decides by itself is only a
/// phrase of programs with its colon, or all of the subject; everything else needs a header or a sender that says the same. Who answers
/// such a mail has its words behind a <c>Re:</c>, so only the very beginning counts.
/// </summary>
internal static class AutomaticSubjects
{
    /// <summary>
    /// Put before the subject of the mail that is answered, each with a colon. Source: what Exchange and Outlook write in the language of
    /// the mailbox ("Automatic reply", before 2010 "Out of Office AutoReply"), what Lotus Notes, Gmail's responder and vacation programs
    /// write, and the names that people give to such mail in their language.
    /// </summary>
    public static readonly string[] AutoReplyPrefixes =
    [
        // English
        "automatic reply", "automatic response", "automated reply", "automated response", "auto reply", "auto-reply", "autoreply",
        "auto response", "auto-response", "autoresponse", "autoresponder", "out of office", "out-of-office", "out of the office",
        "out of office autoreply", "out of office reply", "out of office notification", "ooo", "oof", "vacation reply", "away",
        // German, Dutch
        "automatische antwort", "abwesenheitsnotiz", "abwesenheitsnachricht", "abwesend", "abwesenheit", "autoantwort",
        "automatisch antwoord", "automatische reactie", "afwezig", "afwezigheidsbericht",
        // French, Spanish, Catalan, Portuguese, Italian, Romanian
        "réponse automatique", "reponse automatique", "absence du bureau", "absent du bureau", "message d'absence",
        "respuesta automática", "respuesta automatica", "fuera de la oficina", "fuera de oficina", "resposta automàtica",
        "resposta automática", "resposta automatica", "fora do escritório", "ausência temporária",
        "risposta automatica", "fuori sede", "fuori ufficio", "răspuns automat", "raspuns automat",
        // Danish, Norwegian, Swedish, Finnish, Icelandic
        "automatisk svar", "autosvar", "automatiskt svar", "frånvaro", "frånvaromeddelande", "fravær", "automaattinen vastaus", "poissa",
        "sjálfvirkt svar",
        // Polish, Czech, Slovak, Slovenian, Croatian, Serbian, Hungarian
        "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź", "odpowiedz automatyczna", "poza biurem", "nieobecność",
        "automatická odpověď", "mimo kancelář", "automatická odpoveď", "mimo kancelárie", "samodejni odgovor", "automatski odgovor",
        "аутоматски одговор", "automatikus válasz", "házon kívül",
        // Estonian, Latvian, Lithuanian, Greek, Turkish
        "automaatvastus", "automātiska atbilde", "automātiskā atbilde", "automatinis atsakymas", "αυτόματη απάντηση", "otomatik yanıt",
        "ofis dışında",
        // Russian, Ukrainian, Bulgarian
        "автоответ", "автоматический ответ", "автоматична відповідь", "автовідповідь", "автоматичен отговор",
        // Hebrew, Arabic, Hindi, Thai, Vietnamese, Indonesian
        "תשובה אוטומטית", "מענה אוטומטי", "رد تلقائي", "الرد التلقائي", "स्वचालित उत्तर", "ตอบกลับอัตโนมัติ",
        "trả lời tự động", "balasan otomatis",
        // Japanese, Chinese, Korean
        "自動応答", "自動返信", "不在通知", "自动答复", "自动回复", "自動回覆", "外出通知", "자동 회신", "자동 응답", "부재 중",
    ];

    /// <summary>Put before the subject of the mail that did not arrive, each with a colon: what Exchange writes in the language of the
    /// mailbox, and what others do.</summary>
    public static readonly string[] BouncePrefixes =
    [
        "undeliverable", "undelivered", "undeliverable mail", "delivery failure", "delivery failed", "message undeliverable",
        "returned mail", "failure notice", "rejected", "unzustellbar", "nicht zustellbar", "onbestelbaar", "non remis",
        "non distribuable", "non délivré", "échec de la remise", "no se puede entregar", "no entregado", "non recapitabile",
        "impossibile recapitare", "não é possível entregar", "não entregue", "kan inte levereras", "kunne ikke leveres",
        "kan ikke leveres", "ei voi toimittaa", "niedostarczalne", "nie można dostarczyć", "nedoručitelné", "nedoručiteľné",
        "kézbesíthetetlen", "teslim edilemedi", "nelivrabil", "δεν παραδόθηκε", "не удается доставить", "недоставленное", "配信不能",
        "配信できません", "未送达", "无法送达", "無法傳遞", "배달되지 않음",
    ];

    // what tells what became of a mail that has not failed, each with a colon: Exchange's late, arrived, passed on, and read
    private static readonly string[] NoFailurePrefixes =
    [
        "delivery delayed", "message delivery delayed", "delayed", "verzögert", "zustellung verzögert", "vertraagd", "remise différée",
        "remise retardée", "retardé", "différé", "entrega retrasada", "retrasado", "consegna ritardata", "ritardato", "entrega atrasada",
        "försenad", "forsinket", "opóźnione", "задержано", "配信遅延", "延迟", "지연됨",
        "delivered", "relayed", "expanded", "transferred", "zugestellt", "weitergeleitet", "bezorgd", "afgeleverd", "doorgestuurd", "remis",
        "distribué", "relayé", "développé", "entregado", "retransmitido", "recapitato", "consegnato", "inoltrato", "entregue", "levererat",
        "leveret", "levert", "toimitettu", "dostarczono", "doručeno", "doručené", "kézbesítve", "teslim edildi", "доставлено", "配信済み",
        "配信されました", "已送达", "已傳遞", "배달됨",
        "read", "not read", "gelesen", "ungelesen", "gelezen", "lu", "non lu", "leído", "no leído", "letto", "non letto", "lida",
        "não lida",
    ];

    // the same without the subject of another mail
    private static readonly string[] NoFailures =
    [
        "delivery status notification (delay", "delivery status notification (relay", "delivery status notification (success",
        "delivery status notification (expan", "benachrichtigung zum übermittlungsstatus (verzögerung", "message delivery delayed",
        "delayed mail", "delivery delayed", "mail delivery delayed", "message delayed", "warning: could not send", "warning: message",
        "successful mail delivery", "return receipt", "read receipt", "delivery receipt",
    ];

    // all of the subject
    private static readonly string[] Bounces =
    [
        "delivery status notification (failure)", "delivery status notification(failure)", "undelivered mail returned to sender",
        "undeliverable mail", "mail delivery failed: returning message to sender", "mail delivery failed", "mail delivery failure",
        "returned mail: see transcript for details", "failure notice", "delivery failure", "message delivery failure", "mail system error",
        "mail system error - returned mail", "mail could not be delivered", "benachrichtigung zum übermittlungsstatus (fehlgeschlagen)",
        "zustellung fehlgeschlagen", "échec de la remise", "notification d'état de remise (échec)",
    ];

    // as people and programs begin alike
    private static readonly string[] BounceBeginnings =
    [
        "mail delivery system", "returned mail", "mail delivery failed", "undelivered mail", "undeliverable mail", "delivery failure",
        "could not deliver",
    ];

    private static readonly string[] AutoReplyBeginnings =
    [
        "i am out of", "i'm out of", "i am away", "i'm away", "on vacation", "away from my mail", "on leave", "auto", "urlaub",
        "bin im urlaub",
    ];

    private static readonly string[] CalendarPrefixes = ["accepted", "declined", "tentative", "tentatively accepted"];

    /// <summary>Whether a program for absent people writes so, and hardly anybody else.</summary>
    public static bool IsAutoReply(string subject) =>
        Shown(subject) is var shown && (HasPrefix(shown, AutoReplyPrefixes) || Is(shown, AutoReplyPrefixes));

    /// <summary>Whether an automatic answer may begin so, if something else says that it is one.</summary>
    public static bool MayBeAutoReply(string subject) =>
        Shown(subject) is var shown && (Begins(shown, AutoReplyPrefixes) || Begins(shown, AutoReplyBeginnings));

    /// <summary>Whether a mail server writes so of a mail that did not arrive, and nobody else.</summary>
    public static bool IsBounce(string subject) => Is(Shown(subject), Bounces);

    /// <summary>Whether a mail server may write so of what did not arrive, if something else says that a program did.</summary>
    public static bool MayBeBounce(string subject) =>
        Shown(subject) is var shown && (HasPrefix(shown, BouncePrefixes) || Begins(shown, Bounces) || Begins(shown, BounceBeginnings));

    /// <summary>Whether a report of that subject tells that a mail is late, has arrived, was passed on or was read.</summary>
    public static bool IsNoFailure(string subject) => Shown(subject) is var shown && (
        HasPrefix(shown, NoFailurePrefixes) || Array.Exists(NoFailures, one => shown.StartsWith(one, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Whether calendars write so when somebody answers an invitation.</summary>
    public static bool IsCalendarAnswer(string subject) => HasPrefix(Shown(subject), CalendarPrefixes);

    // without what mail systems put before it
    private static string Shown(string subject)
    {
        var rest = SubjectText.Of(subject).AsSpan().Trim();
        while (rest.Length > 0 && SubjectText.LengthOfTag(rest) is var length and > 0)
            rest = rest[length..].TrimStart();
        return rest.ToString();
    }

    private static bool HasPrefix(string subject, string[] prefixes) => SubjectPrefix.LengthOf(subject, prefixes) > 0;

    private static bool Begins(string subject, string[] beginnings) => Array.Exists(
        beginnings,
        beginning => subject.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)
            && (subject.Length == beginning.Length || !char.IsLetterOrDigit(subject[beginning.Length])));

    private static bool Is(string subject, string[] whole) =>
        subject.TrimEnd('.', '!', ' ') is var text && Array.Exists(whole, one => text.Equals(one, StringComparison.OrdinalIgnoreCase));
}

/// <summary>Subjects as a person sees them, whatever characters they are made of.</summary>
internal static class SubjectText
{
    // what is longer is told apart by its beginning
    private const int Longest = 1_000;
    private const int LongestTag = 40;

    /// <summary>The subject with its letters composed (NFC) and without characters that nobody sees.</summary>
    public static string Of(string subject)
    {
        var text = subject.Length > Longest ? subject[..Longest] : subject;
        if (Ascii.IsValid(text))
            return text;
        var seen = new StringBuilder(text.Length);
        foreach (var letter in text)
            if (!IsInvisible(letter))
                seen.Append(letter);
        return ENSNormalize.NF.NFC(seen.ToString());
    }

    /// <summary>How many characters a mark such as <c>[EXTERNAL]</c>, <c>(ext)</c>, <c>*EXT*</c> or <c>External:</c> takes at the
    /// beginning; 0 when there is none.</summary>
    public static int LengthOfTag(ReadOnlySpan<char> subject)
    {
        if ("[({<*#【".IndexOf(subject[0], StringComparison.Ordinal) is var kind and >= 0)
            return subject[1..].IndexOf("])}>*#】"[kind]) is var end and >= 0 and < LongestTag ? end + 2 : 0;
        foreach (var word in (ReadOnlySpan<string>)["external email", "external", "extern", "ext"])
            if (subject.StartsWith(word, StringComparison.OrdinalIgnoreCase) && subject[word.Length..] is [':' or '：' or '|', ..])
                return word.Length + 1;
        return 0;
    }

    // zero width, soft hyphens, marks of direction; joiners and selectors that change no letter
    private static bool IsInvisible(char letter) =>
        char.GetUnicodeCategory(letter) == UnicodeCategory.Format
        || letter is '\u034F' or (>= '\uFE00' and <= '\uFE0F') or '\u3164' or '\u115F' or '\u1160';
}
