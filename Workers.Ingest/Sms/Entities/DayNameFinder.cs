using System.Buffers;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Entities;

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
