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
