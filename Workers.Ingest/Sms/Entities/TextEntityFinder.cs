using System.Globalization;
using System.Text;
using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>
/// Finds links, days, amounts of money and phone numbers in a text of any script. What was found as one of them is not looked at for the
/// next: the digits of a link are no phone number. The time is in proportion to the text's length, whatever it says.
/// </summary>
internal static class TextEntityFinder
{
    /// <summary>What stands in the place of what was found.</summary>
    public const char Mask = '|';

    // ten texts as long as the longest that providers carry (1,600); what is beyond is not looked at
    private const int MaxLength = 16_000;
    private const int OnStack = 1_024;

    /// <summary>Finds what there is, at most <see cref="Findings{T}.Max"/> of each.</summary>
    /// <param name="text">What the text says.</param>
    /// <param name="sender">Who sent it, a number in E.164: its country says how dates are written, whose dollars are meant, and what a
    /// number without a country code is.</param>
    /// <param name="receivedAt">When it was received: what <c>tomorrow</c> is counted from.</param>
    public static TextEntities Find(string text, string sender, DateTimeOffset receivedAt)
    {
        var length = Math.Min(text.Length, MaxLength);
        Span<char> rest = length <= OnStack ? stackalloc char[OnStack] : new char[length];
        rest = rest[..length];
        text.AsSpan(0, length).CopyTo(rest);

        var links = new Findings<string>();
        var dates = new Findings<FoundDate>();
        LinkFinder.Find(text, rest, links);
        DayNameFinder.Find(text, rest, DateOnly.FromDateTime(receivedAt.UtcDateTime), dates);
        Digits.ToAscii(rest);
        if (!rest.ContainsAnyInRange('0', '9'))
            return links.IsEmpty && dates.IsEmpty ? TextEntities.None : new(links.InOrder(), dates.InOrder(), [], []);

        var region = new SenderRegion(sender);
        var amounts = new Findings<FoundAmount>();
        var phoneNumbers = new Findings<string>();
        DateFinder.Find(text, rest, region, dates);
        AmountFinder.Find(text, rest, region, amounts);
        PhoneFinder.Find(rest, region, phoneNumbers);
        return new(links.InOrder(), dates.InOrder(), phoneNumbers.InOrder(), amounts.InOrder());
    }
}

/// <summary>What was found of one sort. Not for use by several threads at once.</summary>
internal sealed class Findings<T>
{
    /// <summary>The most that is reported.</summary>
    public const int Max = 50;

    private List<(int At, T Found)>? _found;

    public bool IsEmpty => _found is null;

    public void Add(int at, T found) => (_found ??= []).Add((at, found));

    /// <summary>Each thing once, the first of them, in the order of the text.</summary>
    public IReadOnlyList<T> InOrder() =>
        _found is null ? [] : [.. _found.OrderBy(item => item.At).Select(item => item.Found).Distinct().Take(Max)];
}

/// <summary>Digits of all scripts as ASCII, so that what looks for numbers needs to know only those.</summary>
internal static class Digits
{
    /// <summary>Puts ASCII in the place of other scripts' digits and of what stands between them; nothing moves.</summary>
    public static void ToAscii(Span<char> text)
    {
        if (Ascii.IsValid(text))
            return;
        foreach (ref var letter in text)
        {
            if (char.IsAscii(letter))
                continue;
            letter = letter switch
            {
                _ when CharUnicodeInfo.GetDecimalDigitValue(letter) is >= 0 and var digit => (char)('0' + digit),
                // the Arabic decimal and thousands separators, and what is as wide as an ideograph
                '\u066B' or '\uFF0E' => '.',
                '\u066C' or '\uFF0C' => ',',
                '\uFF0F' => '/',
                '\uFF0D' => '-',
                '\uFF0B' => '+',
                '\uFF04' => '$',
                '\uFFE5' => '¥',
                '\u3000' or '\u00A0' or '\u202F' or '\u2009' => ' ',
                _ => letter,
            };
        }
    }
}
