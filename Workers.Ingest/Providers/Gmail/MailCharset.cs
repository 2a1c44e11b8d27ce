using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// Finds a charset by the names that mail programs use, registered or not. As browsers do (WHATWG, Encoding), a smaller charset stands
/// for the larger one that is meant: iso-8859-1 and us-ascii for Windows-1252, gb2312 for gb18030, ks_c_5601 for the code page 949.
/// </summary>
internal static class MailCharset
{
    private const int Utf8 = 65001;
    private const int Utf16 = 1200;
    private const int Utf16BigEndian = 1201;
    private const int Utf32 = 12000;
    private const int Windows1252 = 1252;
    private const int ShiftJis = 932;
    private const int Gb18030 = 54936;
    private const int HzGb2312 = 52936;
    private const int Korean = 949;
    private const int Big5 = 950;
    private const int LongestName = 64;

    private static readonly DecoderReplacementFallback Replacement = new("\uFFFD");

    // names without punctuation, in lower case
    private static readonly FrozenDictionary<string, int> Aliases = new Dictionary<string, int>
    {
        ["utf8"] = Utf8,
        ["utf8mb3"] = Utf8,
        ["utf8mb4"] = Utf8,
        ["unicode11utf8"] = Utf8,
        ["cp65001"] = Utf8,
        ["utf16"] = Utf16,
        ["utf16le"] = Utf16,
        ["unicode"] = Utf16,
        ["ucs2"] = Utf16,
        ["utf16be"] = Utf16BigEndian,
        ["utf32"] = Utf32,
        ["utf32le"] = Utf32,
        ["usascii"] = Windows1252,
        ["ascii"] = Windows1252,
        ["ansi"] = Windows1252,
        ["ansix341968"] = Windows1252,
        ["iso646us"] = Windows1252,
        ["latin1"] = Windows1252,
        ["l1"] = Windows1252,
        ["cp819"] = Windows1252,
        ["iso885911987"] = Windows1252,
        ["latin2"] = 28592,
        ["latin5"] = 1254,
        ["latin9"] = 28605,
        ["tis620"] = 874,
        ["shiftjis"] = ShiftJis,
        ["sjis"] = ShiftJis,
        ["mskanji"] = ShiftJis,
        ["windows31j"] = ShiftJis,
        ["eucjp"] = 51932,
        ["iso2022jp"] = 50221,
        ["iso2022jpms"] = 50221,
        ["iso2022jp1"] = 50221,
        ["iso2022jp2"] = 50221,
        ["iso2022kr"] = 50225,
        ["gb2312"] = Gb18030,
        ["gb231280"] = Gb18030,
        ["gbk"] = Gb18030,
        ["gb18030"] = Gb18030,
        ["euccn"] = Gb18030,
        ["cngb"] = Gb18030,
        ["cp936"] = Gb18030,
        ["ms936"] = Gb18030,
        ["windows936"] = Gb18030,
        ["hzgb2312"] = HzGb2312,
        ["hz"] = HzGb2312,
        ["ksc5601"] = Korean,
        ["ksc56011987"] = Korean,
        ["ksc56011989"] = Korean,
        ["euckr"] = Korean,
        ["uhc"] = Korean,
        ["big5"] = Big5,
        ["big5hkscs"] = Big5,
        ["cnbig5"] = Big5,
        ["big5eten"] = Big5,
        ["koi8r"] = 20866,
        ["koi8"] = 20866,
        ["koi8u"] = 21866,
        ["koi8ru"] = 21866,
        ["macintosh"] = 10000,
        ["macroman"] = 10000,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The encoding of that name; null when there is none.</summary>
    public static Encoding? Find(string? charset)
    {
        if (string.IsNullOrEmpty(charset) || charset.Length > LongestName)
            return null;
        var name = string.Concat(charset.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        var page = Aliases.GetValueOrDefault(name);
        if (page == 0 && name.StartsWith('x'))
            page = Aliases.GetValueOrDefault(name[1..]);
        if (page == 0)
            page = PageOf(name.TrimStart('x'));
        return page switch
        {
            Utf8 => Encoding.UTF8,
            Utf16 => Encoding.Unicode,
            Utf16BigEndian => Encoding.BigEndianUnicode,
            Utf32 => Encoding.UTF32,
            > 0 => CodePagesEncodingProvider.Instance.GetEncoding(page, EncoderFallback.ReplacementFallback, Replacement),
            _ => CodePagesEncodingProvider.Instance.GetEncoding(charset, EncoderFallback.ReplacementFallback, Replacement),
        };
    }

    /// <summary>Whether bytes of this charset are valid UTF-8 too, but mean something else: those with escapes, and those of whole zero
    /// bytes.</summary>
    public static bool LooksLikeUtf8(Encoding encoding, ReadOnlySpan<byte> bytes) => encoding.CodePage switch
    {
        >= 50220 and <= 50229 => bytes.Contains((byte)0x1B),
        HzGb2312 => bytes.IndexOf("~{"u8) >= 0,
        Utf16 or Utf16BigEndian or Utf32 => bytes.Contains((byte)0),
        _ => false,
    };

    // cp1252, windows1252, ibm850, ms932; iso88592 and 88592 for the part 2
    private static int PageOf(string name)
    {
        foreach (var prefix in (string[])["cp", "windows", "win", "ibm", "ms"])
            if (name.StartsWith(prefix, StringComparison.Ordinal) && Number(name[prefix.Length..]) is var page and <= ushort.MaxValue and > 0)
                return page;
        foreach (var prefix in (string[])["iso8859", "8859"])
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return Number(name[prefix.Length..]) switch
                {
                    1 => Windows1252,
                    9 => 1254,
                    11 => 874,
                    var part and >= 2 and <= 16 => 28590 + part,
                    _ => 0,
                };
        return 0;
    }

    private static int Number(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
