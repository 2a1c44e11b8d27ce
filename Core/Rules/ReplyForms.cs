using System.Buffers;
using System.Collections.Frozen;

namespace Switchboard.Core.Rules;

/// <summary>What a line over a mail that is answered says of it.</summary>
internal enum ReplyHeader
{
    /// <summary>It is no such line.</summary>
    None,

    /// <summary>Who sent it.</summary>
    From,

    /// <summary>When it was sent.</summary>
    Time,

    /// <summary>What it is about.</summary>
    Subject,
}

/// <summary>The marks of forwards.</summary>
public static class ForwardPrefixes
{
    /// <summary>What stands before the colon in the subject of a mail that was forwarded, as the mail programs of each country write
    /// it.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "fwd", "fw", "wg", "wtr", "tr", "rv", "enc", "vl", "vb", "doorst", "i", "pd", "ilt", "i̇lt", "továbbítás", "tov",
        "πρθ", "пер", "пересл", "переслать", "הועבר", "إعادة توجيه", "转发", "轉寄", "転送", "전달",
    ];
}

/// <summary>
/// How mail programs mark the mail that is answered or forwarded, by language. The forms are those of Outlook, Gmail, Apple Mail and
/// Thunderbird as they were gathered from real mail by talon (github.com/mailgun/talon, quotations.py) and by email-reply-parser
/// (github.com/crisp-oss/email-reply-parser, lib/regex.ts), and for headers what RFC 5322 calls From, Date and Subject in the languages of
/// Outlook.
/// </summary>
internal static class ReplyForms
{
    private const int LongestLabel = 24;
    private const int LongestLine = 200;

    private const string OutlookLine = "________________________________";

    // what may stand first in an attribution that is wrapped; one that begins with its date is told by its digits
    private static readonly SearchValues<string> Openings = Any(
        "on ", "am ", "le ", "el ", "il ", "em ", "no dia ", "in data ", "op ", "den ", "på ", "w dniu ", "dnia ", "dne ", "în ",
        "la data ",
        "στις ", "в ", "у ", "บน ", "vào ", "pada ", "tarih", "בתאריך ", "في ", "在", "於", "于", "el día ", "a(z) ");

    private static readonly SearchValues<string> Wrote = Any(
        "wrote", "schrieb", "a écrit", "escribió", "ha scritto", "escreveu", "schreef", "geschreven", "skrev", "napisał", "pisze", "napsal",
        "napísal", "kirjoitti", "a scris", "írta", "yazdı", "έγραψε", "написал", "пишет", "пише", "написав", "כתב", "كتب", "写道", "寫道",
        "のメッセージ", "のメール", "が書きました", "작성", "đã viết", "menulis", "เขียน");

    private static readonly FrozenSet<string> OriginalMessage = Set(
        "original message", "reply message", "ursprüngliche nachricht", "originalnachricht", "antwort nachricht", "message d'origine",
        "message original", "mensaje original", "messaggio originale", "mensagem original", "oorspronkelijk bericht",
        "oprindelig meddelelse",
        "oprindelig besked", "opprinnelig melding", "ursprungligt meddelande", "originalmeddelande", "alkuperäinen viesti",
        "wiadomość oryginalna", "oryginalna wiadomość", "původní zpráva", "pôvodná správa", "eredeti üzenet", "mesajul original",
        "orijinal mesaj", "исходное сообщение", "пересылаемое сообщение", "оригінальне повідомлення", "αρχικό μήνυμα", "הודעה מקורית",
        "الرسالة الأصلية", "原始邮件", "邮件原件", "原始郵件", "原始信件", "元のメッセージ", "원본 메시지");

    private static readonly FrozenSet<string> Forwarded = Set(
        "forwarded message", "begin forwarded message:", "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht:",
        "message transféré", "début du message transféré :", "mensaje reenviado", "messaggio inoltrato", "mensagem encaminhada",
        "doorgestuurd bericht", "videresendt meddelelse", "vidarebefordrat meddelande", "wiadomość przekazana", "přeposlaná zpráva",
        "пересланное сообщение", "转发的邮件", "轉寄的郵件", "転送メッセージ", "전달된 메일");

    // VS is Danish and Norwegian for a forward, and Finnish for an answer
    private static readonly FrozenSet<string> Forwards = Set([.. ForwardPrefixes.All, "vs"]);

    private static readonly FrozenDictionary<string, ReplyHeader> Headers = new[]
    {
        (ReplyHeader.From, Set("from", "von", "de", "da", "van", "fra", "från", "lähettäjä", "od", "odesílatel", "feladó", "kimden", "gönderen",
            "от", "від", "από", "מאת", "من", "发件人", "寄件者", "差出人", "送信者", "보낸 사람", "보낸사람", "từ", "dari", "จาก")),
        (ReplyHeader.Time, Set("sent", "date", "gesendet", "datum", "envoyé", "enviado", "enviado el", "fecha", "inviato", "data", "enviada em",
            "enviado em", "verzonden", "sendt", "dato", "skickat", "lähetetty", "päivämäärä", "wysłano", "odesláno", "odoslané", "dátum",
            "elküldve", "trimis", "gönderildi", "gönderilme", "tarih", "отправлено", "дата", "надіслано", "στάλθηκε", "ημερομηνία", "נשלח",
            "تاريخ الإرسال", "تم الإرسال", "发送时间", "寄件日期", "日期", "送信日時", "日付", "보낸 날짜", "날짜", "đã gửi", "dikirim", "ส่ง")),
        (ReplyHeader.Subject, Set("subject", "betreff", "objet", "asunto", "oggetto", "assunto", "onderwerp", "emne", "ämne", "aihe", "temat",
            "předmět", "predmet", "tárgy", "subiect", "konu", "тема", "θέμα", "נושא", "الموضوع", "主题", "主旨", "件名", "제목", "chủ đề", "subjek",
            "เรื่อง")),
    }.SelectMany(kind => kind.Item2.Select(label => KeyValuePair.Create(label, kind.Item1))).ToFrozenDictionary();

    /// <summary>Whether a subject says that its mail was forwarded; a reply to one says first that it is a reply.</summary>
    public static bool IsForward(ReadOnlySpan<char> subject)
    {
        var text = subject.TrimStart();
        // [EXTERNAL] Fwd: …
        if (text is ['[', ..] && text.IndexOf(']') is var end and > 0)
            text = text[(end + 1)..].TrimStart();
        return text.IndexOfAny(':', '：') is var colon and > 0 && colon < LongestLabel && Forwards.Contains(Folded(text[..colon]));
    }

    /// <summary>Whether what follows is passed on: <c>---------- Forwarded message ---------</c>.</summary>
    public static bool IsForwardedLine(ReadOnlySpan<char> line) =>
        IsLine(line) && (line.StartsWith("--") || line.EndsWith(":")) && Forwarded.Contains(Folded(line.Trim('-')));

    /// <summary>Whether what follows is the mail that is answered: <c>-----Original Message-----</c>.</summary>
    public static bool IsOriginalMessageLine(ReadOnlySpan<char> line) =>
        IsLine(line) && line.StartsWith("--") && OriginalMessage.Contains(Folded(line.Trim('-')));

    /// <summary>Whether it is the line that Outlook draws over the mail that is answered.</summary>
    public static bool IsOutlookLine(ReadOnlySpan<char> line) => line is OutlookLine;

    /// <summary>Which header of a mail that is answered it is: <c>From: …</c>, also in bold as <c>*From:* …</c>.</summary>
    public static ReplyHeader HeaderOf(ReadOnlySpan<char> line) =>
        line.IndexOfAny(':', '：') is var colon and > 0 && colon <= LongestLabel
            ? Headers.GetValueOrDefault(Folded(line[..colon].Trim('*')))
            : ReplyHeader.None;

    /// <summary>Whether a line begins as attributions do: <c>On …</c>.</summary>
    public static bool Opens(ReadOnlySpan<char> line) =>
        Folded(line[..Math.Min(line.Length, LongestLabel)]).AsSpan().IndexOfAny(Openings) == 0;

    /// <summary>
    /// Whether it says who wrote when, with a colon at its end: in any language where it has the address in brackets, as Gmail writes it,
    /// else with a word that is known.
    /// </summary>
    public static bool IsAttribution(ReadOnlySpan<char> lines)
    {
        var text = lines.TrimEnd("-\u200E\u200F\u202A\u202B\u202C ");
        return text is [.., ':' or '：'] && HasTime(text)
            && (HasAddress(text) || Folded(text).AsSpan().ContainsAny(Wrote));
    }

    private static bool IsLine(ReadOnlySpan<char> line) => line.Length is > 0 and < LongestLine;

    // <a@b.test>, (a@b.test) or, where Outlook made a link of it, <mailto:a@b.test>
    private static bool HasAddress(ReadOnlySpan<char> text) =>
        text.IndexOf('@') is var at and > 0 && text[..at].LastIndexOfAny('<', '(', '[') >= 0 && text[at..].ContainsAny('>', ')', ']');

    /// <summary>Whether there is a time or a year: <c>9:00</c>, <c>9.00</c>, <c>2026</c>.</summary>
    public static bool HasTime(ReadOnlySpan<char> text)
    {
        for (var at = 0; at + 2 < text.Length; at++)
            if (char.IsAsciiDigit(text[at]) && text[at..]
                is [_, ':' or '.', >= '0' and <= '5', ..] or ['2', '0', >= '0' and <= '9', >= '0' and <= '9', ..])
                return true;
        return false;
    }

    private static string Folded(ReadOnlySpan<char> text) => FoldedText.Of(text.Trim()).Trim();

    private static SearchValues<string> Any(params string[] words) =>
        SearchValues.Create([.. words.Select(word => FoldedText.Of(word))], StringComparison.Ordinal);

    private static FrozenSet<string> Set(params string[] words) => words.Select(word => FoldedText.Of(word)).ToFrozenSet();
}
