using System.Text;
using System.Text.RegularExpressions;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Reads encoded words in headers (RFC 2047): <c>=?utf-8?B?w7w=?=</c>.</summary>
internal static partial class EncodedWords
{
    /// <summary>The header as a person reads it.</summary>
    public static string Decode(string header) =>
        header.Contains("=?", StringComparison.Ordinal) ? Words().Replace(header, match => Join(match.Value, plain: text => text)) : header;

    /// <summary>
    /// The same for a header of addresses: what was encoded is part of a display name, and stays so: it cannot bring in brackets, quotes
    /// or commas that make another address of it.
    /// </summary>
    public static string DecodeAddresses(string header) =>
        header.Contains("=?", StringComparison.Ordinal) ? Words().Replace(header, match => Join(match.Value, Harmless)) : header;

    // bytes of words that follow each other and share a charset belong together: a character may be cut in two
    private static string Join(string words, Func<string, string> plain)
    {
        var text = new StringBuilder();
        var bytes = new List<byte>();
        Encoding? current = null;
        foreach (Match word in Word().Matches(words))
        {
            var encoding = MimeText.Find(word.Groups["charset"].Value.Split('*')[0]);
            if (encoding is null || Bytes(word) is not { } decoded)
                return words;
            if (current is not null && current.CodePage != encoding.CodePage)
                Flush();
            current = encoding;
            bytes.AddRange(decoded);
        }

        Flush();
        return text.ToString();

        void Flush()
        {
            if (current is not null)
                text.Append(plain(current.GetString([.. bytes])));
            bytes.Clear();
        }
    }

    private static byte[]? Bytes(Match word)
    {
        var encoded = word.Groups["text"].Value;
        if (word.Groups["encoding"].ValueSpan is "Q" or "q")
            return FromQuotedPrintable(encoded);
        try
        {
            return Convert.FromBase64String(encoded.PadRight((encoded.Length + 3) / 4 * 4, '='));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[] FromQuotedPrintable(string encoded)
    {
        var bytes = new List<byte>(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '=' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.Add(Convert.ToByte(encoded.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
                bytes.Add(encoded[i] == '_' ? (byte)' ' : (byte)encoded[i]);
        }

        return [.. bytes];
    }

    private static string Harmless(string text) => string.Concat(text.Select(letter => "<>\"(),;\\\r\n".Contains(letter) ? ' ' : letter));

    [GeneratedRegex(@"=\?[^?\s]+\?[QqBb]\?[^?\s]*\?=(\s+=\?[^?\s]+\?[QqBb]\?[^?\s]*\?=)*", RegexOptions.CultureInvariant)]
    private static partial Regex Words();

    [GeneratedRegex(@"=\?(?<charset>[^?\s]+)\?(?<encoding>[QqBb])\?(?<text>[^?\s]*)\?=", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
