using PhoneNumbers;

namespace Switchboard.Workers.Ingest.Sms.Entities;

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
