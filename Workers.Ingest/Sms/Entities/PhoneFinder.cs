using PhoneNumbers;
using PhoneNumber = Switchboard.Core.Sms.PhoneNumber;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>
/// Finds phone numbers: what is written with a country code and has a length that its country knows, and what would be a number in the
/// sender's country.
/// </summary>
internal static class PhoneFinder
{
    // no number that can be called from elsewhere has fewer, and the search is expensive
    private const int LeastDigits = 7;
    private const int MaxTries = 200;

    private static readonly PhoneNumberUtil Plan = PhoneNumberUtil.GetInstance();

    public static void Find(ReadOnlySpan<char> rest, SenderRegion region, Findings<string> found)
    {
        if (CountDigits(rest) < LeastDigits)
            return;
        foreach (var match in Plan.FindNumbers(new string(rest), region.Code, PhoneNumberUtil.Leniency.POSSIBLE, MaxTries))
        {
            var number = Plan.Format(match.Number, PhoneNumberFormat.E164);
            if (match.RawString.StartsWith('+') ? PhoneNumber.IsE164(number) : Plan.IsValidNumber(match.Number))
                found.Add(match.Start, number);
        }
    }

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var letter in text)
            count += char.IsAsciiDigit(letter) ? 1 : 0;
        return count;
    }
}
