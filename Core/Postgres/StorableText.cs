using System.Buffers;
using System.Globalization;
using System.Text;

namespace Switchboard.Core.Postgres;

/// <summary>Makes any text one that Postgres takes, and one that is too long a shorter one.</summary>
public static class StorableText
{
    private const string Ellipsis = "…";

    // NUL and unpaired surrogates
    private static readonly SearchValues<char> Suspects =
        SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(unit => (char)unit), '\0']);

    /// <summary>
    /// The text with U+FFFD in the place of what a <c>text</c> column refuses: NUL (PostgreSQL manual, 8.3) and lone
    /// surrogates, which have no UTF-8. The same instance when there is none.
    /// </summary>
    public static string From(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var first = FirstUnstorable(text);
        if (first < 0)
            return text;

        var storable = new StringBuilder(text.Length).Append(text, 0, first);
        // the enumerator reads a lone surrogate as U+FFFD
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
            storable.Append(rune.Value == 0 ? Rune.ReplacementChar : rune);
        return storable.ToString();
    }

    /// <summary>Whether it is stored as it is.</summary>
    public static bool IsStorable(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return FirstUnstorable(text) < 0;
    }

    /// <summary>A text, or as much of it as leaves room for an ellipsis.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The longest that is taken, in UTF-16 units.</param>
    public static string Cut(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= length ? text : Start(text, length - 1) + Ellipsis;
    }

    /// <summary>A text, or as many of its characters, as people count them, as leave room for an ellipsis.</summary>
    /// <param name="text">The text.</param>
    /// <param name="bytes">The longest that is taken, in bytes of UTF-8; with less than an ellipsis has, nothing is left.</param>
    public static string CutBytes(string text, int bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
            return text;

        var room = bytes - Encoding.UTF8.GetByteCount(Ellipsis);
        if (room < 0)
            return "";
        var end = 0;
        while (true)
        {
            var next = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            room -= Encoding.UTF8.GetByteCount(text.AsSpan(end, next));
            if (room < 0)
                return text[..end] + Ellipsis;
            end += next;
        }
    }

    /// <summary>A text as far as the length, in UTF-16 units; never half of a surrogate pair at its end.</summary>
    public static string Start(string text, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= length ? text : text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private static int FirstUnstorable(string text)
    {
        for (var at = 0; at < text.Length; at += 2)
        {
            var next = text.AsSpan(at).IndexOfAny(Suspects);
            if (next < 0)
                return -1;
            at += next;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return at;
        }

        return -1;
    }
}
