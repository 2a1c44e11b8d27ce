using System.Buffers.Text;
using System.Text;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Reads the bytes of a part as text.</summary>
internal static class MimeText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The text of a part. Gmail mostly hands bodies out as UTF-8 whatever charset the part names, but not always: so what is UTF-8 is
    /// read as that, anything else by the charset of its Content-Type, and without one as Windows-1252, which reads everything.
    /// </summary>
    public static string Decode(GmailPart part)
    {
        if (part.Body?.Data is not { Length: > 0 } data || !TryFromBase64Url(data, out var bytes))
            return "";
        var charset = CharsetOf(part.Header("Content-Type"));
        if (IsReadableAsUtf8ButIsNot(charset, bytes) && Find(charset) is { } encoding)
            return encoding.GetString(bytes);
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return (Find(charset) ?? Windows1252).GetString(bytes);
        }
    }

    /// <summary>The charset that a Content-Type names.</summary>
    public static string? CharsetOf(string? contentType)
    {
        foreach (var parameter in contentType?.Split(';').Skip(1) ?? [])
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && parameter.AsSpan(0, equals).Trim().Equals("charset", StringComparison.OrdinalIgnoreCase))
                return parameter[(equals + 1)..].Trim().Trim('"', '\'');
        }

        return null;
    }

    /// <summary>The encoding of that name, unless there is none.</summary>
    public static Encoding? Find(string? charset)
    {
        if (string.IsNullOrEmpty(charset))
            return null;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (Exception reason) when (reason is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static Encoding Windows1252 => CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    // charsets whose text is also valid UTF-8: those of seven bits with escapes, and those of whole zero bytes
    private static bool IsReadableAsUtf8ButIsNot(string? charset, byte[] bytes) => charset?.ToUpperInvariant() switch
    {
        null => false,
        var name when name.StartsWith("ISO-2022", StringComparison.Ordinal) => bytes.Contains((byte)0x1B),
        var name when name.StartsWith("HZ", StringComparison.Ordinal) => bytes.AsSpan().IndexOf("~{"u8) >= 0,
        var name when name.StartsWith("UTF-16", StringComparison.Ordinal) || name.StartsWith("UTF-32", StringComparison.Ordinal) => bytes.Contains((byte)0),
        _ => false,
    };

    private static bool TryFromBase64Url(string data, out byte[] bytes)
    {
        try
        {
            // Gmail's is of the URL's alphabet, with or without padding; be lenient with the other alphabet
            bytes = Base64Url.DecodeFromChars(data.Replace('+', '-').Replace('/', '_'));
            return true;
        }
        catch (FormatException)
        {
            bytes = [];
            return false;
        }
    }
}
