using System.Collections;
using System.Globalization;
using System.Text;
using ADRaffy.ENSNormalize;

namespace Switchboard.Core.Rules;

/// <summary>
/// Texts in the one form in which phrases are looked for, so that case, Unicode form and layout make no difference: folded as Unicode's
/// CaseFolding.txt has it in full (ß as ss, ς as σ), both Turkish i as i, composed (NFC), without invisible characters, one space for
/// each run of white space. Takes linear time.
/// </summary>
public static class FoldedText
{
    // Composing takes more than linear time of a run of marks, and a microsecond of a letter: it is done for a letter with its marks, once
    // for all that are the same. UAX #15 (stream-safe text) knows no more than 30 marks, and no language has so many marked letters.
    private const int LongestCluster = 32;
    private const int MostClusters = 4_096;
    private const int OnStack = 512;

    // Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt
    private static readonly (int First, int Last)[] Unseen =
    [
        (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
        (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    ];

    private static readonly BitArray Interacting = FindInteracting();

    /// <summary>The text in that form.</summary>
    public static string Of(ReadOnlySpan<char> text)
    {
        if (Ascii.IsValid(text))
            return OfAscii(text);
        var seen = WithoutUnseen(text).AsSpan();
        var folded = new StringBuilder(seen.Length);
        Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>>? clusters = null;
        for (var at = 0; at < seen.Length;)
        {
            var end = EndOfCluster(seen, at);
            if (end == at + 1 && !Interacts(seen, at))
                Append(folded, seen[at]);
            else
                folded.Append(Folded(
                    seen[at..end],
                    clusters ??= new Dictionary<string, string>().GetAlternateLookup<ReadOnlySpan<char>>()));
            at = end;
        }

        return folded.ToString();
    }

    /// <summary>The text composed (NFC): <see cref="string.Normalize()"/> does nothing without ICU. For short ones: takes more than linear
    /// time.</summary>
    public static string Composed(string text) => Ascii.IsValid(text) ? text : ENSNormalize.NF.NFC(text);

    /// <summary>The text without invisible characters.</summary>
    public static string WithoutUnseen(ReadOnlySpan<char> text)
    {
        var seen = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var width = WidthAt(text, at);
            if (!IsUnseen(RuneAt(text, at)))
                seen.Append(text.Slice(at, width));
            at += width;
        }

        return seen.ToString();
    }

    /// <summary>Whether a person sees nothing of the text: it has nothing but white space, controls and characters without width.</summary>
    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        for (var at = 0; at < text.Length; at += WidthAt(text, at))
            if (!char.IsWhiteSpace(text[at]) && !char.IsControl(text[at]) && !IsUnseen(RuneAt(text, at)))
                return false;
        return true;
    }

    private static string OfAscii(ReadOnlySpan<char> text)
    {
        Span<char> folded = text.Length <= OnStack ? stackalloc char[OnStack] : new char[text.Length];
        var length = 0;
        foreach (var letter in text)
        {
            if (!char.IsWhiteSpace(letter))
                folded[length++] = char.ToLowerInvariant(letter);
            else if (length == 0 || folded[length - 1] != ' ')
                folded[length++] = ' ';
        }

        return new(folded[..length]);
    }

    // a character and those after it that may change with it
    private static int EndOfCluster(ReadOnlySpan<char> text, int start)
    {
        var end = start + WidthAt(text, start);
        while (end < text.Length && end - start < LongestCluster && Interacts(text, end))
            end += WidthAt(text, end);
        return end;
    }

    private static string Folded(ReadOnlySpan<char> cluster, Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> known)
    {
        if (known.TryGetValue(cluster, out var composed))
            return composed;
        if (known.Dictionary.Count == MostClusters)
            return cluster.ToString();

        var folded = new StringBuilder(cluster.Length);
        foreach (var rune in ENSNormalize.NF.NFD(cluster.ToString()).EnumerateRunes())
        {
            if (!rune.IsBmp)
                folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
            // what is left of İ
            else if (rune.Value != 0x0307 || folded.Length == 0 || folded[^1] != 'i')
                Append(folded, (char)rune.Value);
        }

        return known[cluster] = ENSNormalize.NF.NFC(folded.ToString());
    }

    private static void Append(StringBuilder folded, char letter)
    {
        if (char.IsWhiteSpace(letter))
        {
            if (folded.Length == 0 || folded[^1] != ' ')
                folded.Append(' ');
        }
        else if (FullFolding(letter) is { } letters)
            folded.Append(letters);
        else
            folded.Append(char.ToLowerInvariant(char.ToUpperInvariant(letter)));
    }

    // the entries F of CaseFolding.txt that are more than a composed letter, and the letters to which .NET knows no other case
    private static string? FullFolding(char letter) => letter < 0x80 ? null : letter switch
    {
        'ß' or 'ẞ' => "ss",
        'İ' or 'ı' => "i",
        'ſ' => "s",
        'ŉ' => "ʼn",
        'ẚ' => "aʾ",
        'և' => "եւ",
        'ﬀ' => "ff",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'ﬃ' => "ffi",
        'ﬄ' => "ffl",
        'ﬅ' or 'ﬆ' => "st",
        'ﬓ' => "մն",
        'ﬔ' => "մե",
        'ﬕ' => "մի",
        'ﬖ' => "վն",
        'ﬗ' => "մխ",
        _ => null,
    };

    private static bool Interacts(ReadOnlySpan<char> text, int at) => text[at] switch
    {
        < '\u0300' => false,
        var letter when !char.IsSurrogate(letter) => Interacting[letter],
        _ => RuneAt(text, at) is { } rune && rune >= 0x10000 && CharUnicodeInfo.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark,
    };

    private static bool IsUnseen(int rune)
    {
        if (rune < 0x00AD)
            return false;
        foreach (var (first, last) in Unseen)
            if (rune <= last)
                return rune >= first;
        return false;
    }

    private static int WidthAt(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;

    private static int RuneAt(ReadOnlySpan<char> text, int at) =>
        WidthAt(text, at) == 2 ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];

    // which characters composing may change or join to the one before them: marks, the ends of what is composed, and what has another form
    private static BitArray FindInteracting()
    {
        var found = new BitArray(0x10000);
        for (var letter = '\u0300'; letter < '\uFFFF'; letter++)
        {
            // surrogates, and the blocks of ideographs and syllables, of which none has another form but composed
            if (letter is >= '\u3400' and <= '\u9FFF' or >= '\uAC00' and <= '\uDFFF')
                continue;
            var text = letter.ToString();
            var parts = ENSNormalize.NF.NFD(text);
            found[letter] |= char.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
                // ᾳ is two letters when it is folded
                || (parts != text && (parts.Contains('\u0345', StringComparison.Ordinal) || ENSNormalize.NF.NFC(text) != text));
            if (parts.Length > 1)
                found[parts[^1]] = true;
        }

        for (var jamo = '\u1161'; jamo <= '\u11C2'; jamo++)
            found[jamo] = true;
        return found;
    }
}
