using PhoneNumbers;
using PhoneNumber = Switchboard.Core.Sms.PhoneNumber;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>
/// Finds phone numbers: what is written with a country code and has a length that its country knows, and what would be a number in the
/// sender's country.
/// </summary>
internal static class PhoneFinder
{
    // a shorter run of digits is none that can be called from elsewhere; and the search is not for free
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
    private static readonly PhoneNumberUtil Plan = PhoneNumberUtil.GetInstance();

    private string? _code;

    /// <summary>The country (ISO 3166-1), <c>ZZ</c> when the number has none.</summary>
    public string Code => _code ??= Find(sender);

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

    private static string Find(string number)
    {
        try
        {
            var parsed = Plan.Parse(number, null);
            // a number kept for fiction is nobody's, but its country code is still somebody's
            return Plan.GetRegionCodeForNumber(parsed) ?? Plan.GetRegionCodeForCountryCode(parsed.CountryCode);
        }
        catch (NumberParseException)
        {
            return "ZZ"; // a short code or a name
        }
    }
}
