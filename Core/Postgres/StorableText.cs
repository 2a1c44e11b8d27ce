using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Switchboard.Core.Postgres;

/// <summary>Makes any text one that Postgres takes, and one that is too long a shorter one.</summary>
public static partial class StorableText
{
    private const string Ellipsis = "…";
    private const string EscapedNul = @"\u0000";

    // NUL and unpaired surrogates
    private static readonly SearchValues<char> Suspects =
        SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(unit => (char)unit), '\0']);

    // in UTF-16 units; a family of four with the colours of their skin has some 30
    private const int LongestCharacter = 64;

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

    /// <summary>The same for what goes into a <c>jsonb</c> column, which refuses the escape of NUL too (PostgreSQL manual, 8.14).</summary>
    public static string FromJson(string json)
    {
        var storable = From(json);
        return storable.Contains(EscapedNul, StringComparison.Ordinal) ? NulEscapes().Replace(storable, @"${before}\ufffd") : storable;
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
    public static string Cut(string text, int length) => Cut(text, length, static part => part.Length);

    /// <summary>A text, or as much of it as leaves room for an ellipsis, cut between what a person sees as characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="length">The longest that is taken.</param>
    /// <param name="lengthOf">How long a part of the text is: in bytes, say. Of two parts together it is the sum.</param>
    /// <param name="ellipsis">What stands for the rest.</param>
    public static string Cut(string text, int length, Func<ReadOnlySpan<char>, int> lengthOf, string ellipsis = "…")
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(lengthOf);
        if (lengthOf(text) <= length)
            return text;
        var (end, room) = (0, length - lengthOf(ellipsis));
        if (room < 0)
            return "";
        while (end < text.Length)
        {
            var next = StringInfo.GetNextTextElementLength(text.AsSpan(end));
            // of a letter with accents without end, a part
            if (next > LongestCharacter)
                next = char.IsSurrogatePair(text[end], text[end + 1]) ? 2 : 1;
            room -= lengthOf(text.AsSpan(end, next));
            if (room < 0)
                break;
            end += next;
        }

        return text[..end] + ellipsis;
    }

    /// <summary>How many bytes a part of a text takes within a string of JSON: for
    /// <see cref="Cut(string, int, Func{ReadOnlySpan{char}, int}, string)"/>
    /// where a provider counts those. Of an emoji twelve, since it is escaped.</summary>
    public static int BytesInJson(ReadOnlySpan<char> text) =>
        JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.Length;

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

    // a backslash that is escaped itself begins no escape
    [GeneratedRegex(@"(?<!\\)(?<before>(\\\\)*)\\u0000", RegexOptions.ExplicitCapture)]
    private static partial Regex NulEscapes();
}
