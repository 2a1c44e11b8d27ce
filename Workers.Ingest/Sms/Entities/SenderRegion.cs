using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Entities;

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
