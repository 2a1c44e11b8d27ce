using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Switchboard.Tests.Fixtures.Fuzz;

/// <summary>Texts and bytes that nobody expects: made of pieces that mean something somewhere, or of what is valid by a few changes.</summary>
internal static class Odd
{
    private static readonly string[] Pieces =
    [
        "", " ", "a", "Z", "9", "\0", "\u0001", "\t", "\n", "\r\n", "\u0085", "\u009F", "\u00A0", "\u00AD", "\u200B", "\u202E", "\u2028", "\uFEFF", "\uFFFD",
        "\uFFFF", "\uD83D", "\uDC4B", "\uD83D\uDC4B", "e\u0301", "\u0301", "\u0345", "İ", "ı", "ß", "ﬃ", "ς", "한", "\u1100\u1161", "．", "：", "（", "）",
        "=?utf-8?B?", "?=", "=?x?Q?=00=ZZ?=", "=?utf-16?B?AAA?=", "=", "?", "<", ">", "<>", "@", "@@", ",", ";", ":", "\"", "'", "\\", "/", "..", "%", "%00",
        "&", "+", "#", "$", "*", "^", "|", "(", ")", "[", "]", "{", "}", "{{", "}}", "{{text}}", "{{ from }}", "xn--", "xn--a-ecp", "bücher.example",
        "a@b.test", "Re: ", "AW: ", "> ", "-- ", "On Mon, Mar 2, 2026 at 9:00 AM x wrote:", "-----Original Message-----", "From: a", "null", "true", "-1",
        "1e999", "NaN", "0x1F", "high,low", "18446744073709551616", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.9999999-14:00", "<!--", "<b>", "</",
        "&#0;", "&#xD800;", "&amp", "<script>", "<blockquote type=cite>", "<br/", "multipart/report; report-type=delivery-status", "boundary=\"",
    ];

    /// <summary>A text of such pieces; one of some is long.</summary>
    public static Gen<string> Text { get; } = Gen.Frequency(
        (24, Gen.Elements(Pieces).ArrayOf().Select(string.Concat)),
        (8, Gen.Elements(Pieces)),
        (1, from piece in Gen.Elements(Pieces) from times in Gen.Elements(20, 100, 1_000) select new StringBuilder().Insert(0, piece, times).ToString()));

    /// <summary>One of these texts with up to four changes.</summary>
    public static Gen<string> Near(params string[] seeds) =>
        from seed in Gen.Elements(seeds)
        from changes in Change.ArrayOf().Select(changes => changes.Take(4))
        select changes.Aggregate(seed, (text, change) => change(text));

    /// <summary>The bytes of one of these texts with up to four changes, and a few bytes that are no UTF-8.</summary>
    public static Gen<byte[]> BytesNear(params string[] seeds) =>
        from text in Near(seeds)
        from places in Gen.Choose(0, int.MaxValue).ArrayOf().Select(places => places.Take(3))
        from isAsItWas in Gen.Elements(true, true, false)
        select isAsItWas ? Encoding.UTF8.GetBytes(text) : Broken(Encoding.UTF8.GetBytes(text), places);

    private static Gen<Func<string, string>> Change { get; } =
        from at in Gen.Choose(0, 9_999)
        from length in Gen.Elements(1, 2, 5, 20, 200)
        from odd in Text
        from kind in Gen.Choose(0, 5)
        select new Func<string, string>(text =>
        {
            var start = (int)((long)text.Length * at / 10_000);
            var end = Math.Min(text.Length, start + length);
            return kind switch
            {
                0 => text[..start],
                1 => text[..start] + text[end..],
                2 => text[..end] + text[start..],
                3 => text[..start] + odd + text[end..],
                4 => text[start..end] + text,
                _ => text[..start] + odd + text[start..],
            };
        });

    private static byte[] Broken(byte[] bytes, IEnumerable<int> places)
    {
        foreach (var place in places.Where(_ => bytes.Length > 0))
            bytes[place % bytes.Length] = (byte)(0x80 + place % 0x80);
        return bytes;
    }
}
