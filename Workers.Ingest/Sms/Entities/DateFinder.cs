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
