using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using MimeKit;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// Reads the text of mails: bytes of a part or of an encoded word, in whatever charset they are rather than the one that they name.
/// What is UTF-8 is read as that, else by the charset's name, else as Windows-1252, which reads everything. No text has C1 controls:
/// they are Windows-1252 that was labelled as something else.
/// </summary>
internal static class MimeText
{
    private static readonly Encoding Windows1252 = MailCharset.Find("windows-1252")!;

    /// <summary>The text of a part. Gmail mostly hands bodies out as UTF-8 whatever charset the part names, but not always.</summary>
    public static string Decode(GmailPart part) =>
        FromBase64Url(part.Body?.Data) is { Length: > 0 } bytes ? Decode(bytes, CharsetOf(part.Header("Content-Type"))) : "";

    /// <summary>What Gmail writes as a text; nothing when it cannot be read.</summary>
    public static byte[] FromBase64Url(string? data)
    {
        try
        {
            // of the URL's alphabet, with or without padding; be lenient with the other alphabet
            return string.IsNullOrEmpty(data) ? [] : Base64Url.DecodeFromChars(data.Replace('+', '-').Replace('/', '_'));
        }
        catch (FormatException)
        {
            return [];
        }
    }

    /// <summary>The text of bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="charset">The charset that they are said to be in; null when nothing says it.</param>
    public static string Decode(byte[] bytes, string? charset)
    {
        var named = MailCharset.Find(charset);
        var text = named is not null && MailCharset.LooksLikeUtf8(named, bytes) ? named.GetString(bytes)
            : Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : named is null ? Windows1252.GetString(bytes)
            : named is not UTF8Encoding ? named.GetString(bytes)
            : FromBrokenUtf8(bytes);
        return HtmlText.WithoutControls(text.TrimStart('\uFEFF'));
    }

    /// <summary>The charset that a Content-Type names.</summary>
    public static string? CharsetOf(string? contentType) =>
        contentType is { Length: < 4_096 } && ContentType.TryParse(contentType, out var parsed) ? parsed.Charset?.Trim('\'', '"', ' ') : null;

    // cut within a character, or mixed with a few bytes of something else, it is UTF-8 still; else it never was
    private static string FromBrokenUtf8(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var (broken, good) = (0, 0);
        foreach (var letter in text)
            (broken, good) = letter == '\uFFFD' ? (broken + 1, good) : (broken, good + (letter >= 0x80 ? 1 : 0));
        return good >= broken ? text : Windows1252.GetString(bytes);
    }
}
