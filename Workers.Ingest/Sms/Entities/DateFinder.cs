using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>
/// Finds days that are written out: 2026-03-12, 12 March 2026, March 12, 2026, 12.03.2026, 3/12/2026, 2026年3月12日. A day that there is not,
/// such as 31.02.2026, is none, and nothing else either.
/// </summary>
internal static partial class DateFinder
{
    private const int FirstYear = 1900;
    private const int LastYear = 2199;
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase;
    private const string Month =
        "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private delegate DateOnly? Reading(int first, int second, int third);

    public static void Find(string text, Span<char> rest, SenderRegion region, Findings<FoundDate> found)
    {
        Find(YearFirst(), text, rest, found, DayOf);
        Find(Ideographic(), text, rest, found, DayOf);
        Find(DayFirst(), text, rest, found, (day, month, year) => DayOf(year, month, day));
        Find(Dotted(), text, rest, found, (day, month, year) => DayOf(year, month, day));
        Find(MonthFirst(), text, rest, found, (month, day, year) => DayOf(year, month, day));
        // where one order makes no day of it, the other was meant
        Find(Slashed(), text, rest, found, (first, second, year) => region.WritesMonthFirst
            ? DayOf(year, first, second) ?? DayOf(year, second, first)
            : DayOf(year, second, first) ?? DayOf(year, first, second));
    }

    private static void Find(Regex pattern, string text, Span<char> rest, Findings<FoundDate> found, Reading read)
    {
        // what is masked lies behind where the search goes on
        foreach (var match in pattern.EnumerateMatches(rest))
        {
            var written = rest.Slice(match.Index, match.Length);
            var (first, second, third) = Parts(written);
            if (read(first, second, third) is { } day)
                found.Add(match.Index, new(text.Substring(match.Index, match.Length), day));
            written.Fill(TextEntityFinder.Mask);
        }
    }

    private static DateOnly? DayOf(int year, int month, int day) =>
        year is >= FirstYear and <= LastYear && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day) : null;

    // its numbers in their order; a month's name is one of them
    private static (int First, int Second, int Third) Parts(ReadOnlySpan<char> written)
    {
        Span<int> parts = [0, 0, 0];
        var count = 0;
        for (var at = 0; at < written.Length && count < parts.Length;)
        {
            var length = written[at..].IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : written.Length - at;
            if (length > 0)
                parts[count++] = int.Parse(written.Slice(at, length), CultureInfo.InvariantCulture);
            else if (MonthAt(written[at..]) is > 0 and var month)
            {
                parts[count++] = month;
                length = 3;
            }

            at += Math.Max(length, 1);
        }

        return (parts[0], parts[1], parts[2]);
    }

    private static int MonthAt(ReadOnlySpan<char> text)
    {
        for (var month = 0; month < Months.Length; month++)
            if (text.StartsWith(Months[month], StringComparison.OrdinalIgnoreCase))
                return month + 1;
        return 0;
    }

    [GeneratedRegex(@"(?<![0-9a-z+.,/-])[0-9]{4}(?:-[0-9]{1,2}-|/[0-9]{1,2}/)[0-9]{1,2}(?![0-9]|[-/.,][0-9])", Options)]
    private static partial Regex YearFirst();

    [GeneratedRegex("(?<![0-9])[0-9]{4} ?[年년] ?[0-9]{1,2} ?[月월] ?[0-9]{1,2} ?[日号號일]", Options)]
    private static partial Regex Ideographic();

    [GeneratedRegex("(?<![0-9a-z])[0-9]{1,2}(?:st|nd|rd|th)?\\.?[ -]{0,2}(?:of )?" + Month + "\\.?,?[ -]{1,2}[0-9]{4}(?![0-9])", Options)]
    private static partial Regex DayFirst();

    [GeneratedRegex("(?<![0-9a-z])" + Month + "\\.? {1,2}[0-9]{1,2}(?:st|nd|rd|th)?,? {1,2}[0-9]{4}(?![0-9])", Options)]
    private static partial Regex MonthFirst();

    [GeneratedRegex(@"(?<![0-9a-z.,/+-])[0-9]{1,2}\. ?[0-9]{1,2}\. ?[0-9]{4}(?![0-9]|[.,-][0-9])", Options)]
    private static partial Regex Dotted();

    [GeneratedRegex(@"(?<![0-9a-z./+-])[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}(?![0-9]|[/.-][0-9])", Options)]
    private static partial Regex Slashed();
}

/// <summary>
/// Finds days that are named from where one stands: <c>today</c>, <c>tomorrow</c>, <c>Friday</c>. The name of a weekday means the next
/// one after that day, with <c>last</c> before it the one before.
/// </summary>
internal static class DayNameFinder
{
    private static readonly string[] Names = ["today", "tomorrow", .. Enum.GetNames<DayOfWeek>()];
    private static readonly SearchValues<string> Search = SearchValues.Create(Names, StringComparison.OrdinalIgnoreCase);

    public static void Find(string text, Span<char> rest, DateOnly today, Findings<FoundDate> found)
    {
        for (var at = 0; rest[at..].IndexOfAny(Search) is >= 0 and var next;)
        {
            var start = at + next;
            var end = start + LengthAt(rest[start..]);
            at = end;
            if ((start > 0 && IsOfWord(rest[start - 1])) || (end < rest.Length && IsOfWord(rest[end])))
                continue;

            var name = rest[start..end];
            var isLast = IsWeekday(name) && EndsWithWord(rest[..start], "last ");
            var isLed = isLast || (IsWeekday(name) && (EndsWithWord(rest[..start], "next ") || EndsWithWord(rest[..start], "this ")));
            var first = isLed ? start - "last ".Length : start;
            found.Add(first, new(text[first..end], DayOf(name, today, isLast)));
            rest[first..end].Fill(TextEntityFinder.Mask);
        }
    }

    private static int LengthAt(ReadOnlySpan<char> text)
    {
        foreach (var name in Names)
            if (text.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return name.Length;
        return 1;
    }

    private static bool IsWeekday(ReadOnlySpan<char> name) => name[0] is not ('t' or 'T') || name[1] is not ('o' or 'O');

    private static DateOnly DayOf(ReadOnlySpan<char> name, DateOnly today, bool isLast)
    {
        if (name.Equals("today", StringComparison.OrdinalIgnoreCase))
            return today;
        if (name.Equals("tomorrow", StringComparison.OrdinalIgnoreCase))
            return today.AddDays(1);
        var ahead = ((int)Enum.Parse<DayOfWeek>(name, ignoreCase: true) - (int)today.DayOfWeek + 7) % 7;
        return today.AddDays(isLast ? ahead - 7 : ahead == 0 ? 7 : ahead);
    }

    private static bool EndsWithWord(ReadOnlySpan<char> text, string word) =>
        text.EndsWith(word, StringComparison.OrdinalIgnoreCase) && (text.Length == word.Length || !IsOfWord(text[^(word.Length + 1)]));

    private static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}
