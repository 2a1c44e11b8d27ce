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

/// <summary>What the country of a sender's number says of how things are written there.</summary>
/// <param name="sender">The number in E.164.</param>
internal sealed class SenderRegion(string sender)
{
    private string? _code;

    /// <summary>The country (ISO 3166-1), <c>ZZ</c> for a short code or a name.</summary>
    public string Code => _code ??= PhoneNumber.CountryOf(sender) ?? "ZZ";

    /// <summary>Whether 3/12/2026 is in March.</summary>
    public bool WritesMonthFirst => Code is "US" or "PR" or "GU" or "VI" or "AS" or "MP";

    /// <summary>Whose money <c>$</c> is.</summary>
    public string Dollar => Code switch
    {
        "CA" => "CAD",
        "AU" => "AUD",
        "NZ" => "NZD",
        "SG" => "SGD",
        "HK" => "HKD",
        "TW" => "TWD",
        "MX" => "MXN",
        "AR" => "ARS",
        "CL" => "CLP",
        "CO" => "COP",
        _ => "USD",
    };

    /// <summary>Whose money <c>¥</c> is.</summary>
    public string Yen => Code == "CN" ? "CNY" : "JPY";
}
