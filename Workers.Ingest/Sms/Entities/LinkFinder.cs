using System.Buffers;
using System.Globalization;
using System.Text;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>Finds links: what begins with <c>http://</c>, <c>https://</c> or <c>www.</c>, as far as a reader would take it.</summary>
internal static class LinkFinder
{
    private static readonly SearchValues<string> Beginnings =
        SearchValues.Create(["http://", "https://", "www."], StringComparison.OrdinalIgnoreCase);

    // of ASCII, beside white space; of the rest all that is no letter, digit or accent ends a link
    private static readonly SearchValues<char> NotInLinks = SearchValues.Create("<>\"\\^`{}|");
    private static readonly SearchValues<char> NotAtEnds = SearchValues.Create(".,;:!?'*");

    public static void Find(string text, Span<char> rest, Findings<string> found)
    {
        for (var at = 0; rest[at..].IndexOfAny(Beginnings) is >= 0 and var next;)
        {
            var start = at + next;
            var end = start > 0 && GoesOnBefore(rest[start - 1]) ? -1 : EndOf(rest, start);
            if (end < 0)
            {
                at = start + 1;
                continue;
            }

            found.Add(start, text[start..end]);
            rest[start..end].Fill(TextEntityFinder.Mask);
            at = end;
        }
    }

    // ahttp://, a@www., a.www.: that is the middle of something
    private static bool GoesOnBefore(char before) => char.IsAsciiLetterOrDigit(before) || before is '@' or '.' or '-' or '/' or '_';

    private static int EndOf(ReadOnlySpan<char> text, int start)
    {
        var scheme = text[start..].IndexOf("://");
        var isAddress = text[start] is 'w' or 'W';
        var host = isAddress ? start : start + scheme + 3;
        var hostEnd = EndOfHost(text, host);
        var end = hostEnd;
        if (end < text.Length && text[end] is '/' or '?' or '#')
            while (end < text.Length && LengthAt(text, end) is > 0 and var length)
                end += length;
        end = Trim(text, start, end);

        var name = text[host..Math.Min(end, hostEnd)];
        // www.a.b at least
        var isNamed = isAddress ? name.Length > 4 && name[4..].IndexOf('.') > 0 : !name.IsEmpty && char.IsLetterOrDigit(name[0]);
        return end > host && isNamed ? end : -1;
    }

    // https://acme.test请看: a host that begins in ASCII is in ASCII, and without spaces the sentence begins where it ends
    private static int EndOfHost(ReadOnlySpan<char> text, int host)
    {
        var isAscii = host < text.Length && char.IsAscii(text[host]);
        var end = host;
        while (end < text.Length && text[end] is not ('/' or '?' or '#') && (!isAscii || char.IsAscii(text[end]))
            && LengthAt(text, end) is > 0 and var length)
            end += length;
        return end;
    }

    /// <summary>The units of what stands there, if it may be part of a link; else 0.</summary>
    private static int LengthAt(ReadOnlySpan<char> text, int at)
    {
        var letter = text[at];
        if (char.IsAscii(letter))
            return letter > ' ' && letter != '\x7F' && !NotInLinks.Contains(letter) ? 1 : 0;
        return Rune.DecodeFromUtf16(text[at..], out var rune, out var length) == OperationStatus.Done && IsOfWord(rune) ? length : 0;
    }

    private static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    // the punctuation of the sentence around it, and a bracket that was not opened in it
    private static int Trim(ReadOnlySpan<char> text, int start, int end)
    {
        var link = text[start..end];
        var (round, square) = (link.Count(')') - link.Count('('), link.Count(']') - link.Count('['));
        for (; end > start; end--)
        {
            var last = text[end - 1];
            if (last == ')' && round > 0)
                round--;
            else if (last == ']' && square > 0)
                square--;
            else if (!NotAtEnds.Contains(last))
                break;
        }

        return end;
    }
}
