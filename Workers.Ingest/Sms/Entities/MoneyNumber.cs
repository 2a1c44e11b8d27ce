using System.Collections.Frozen;
using System.Globalization;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>
/// A number as amounts are written: 1234.56, 1,234.56, 1.234,56, 1 234,56, 1'234.56, 12,34,567. A single separator before exactly three
/// digits groups them; else it begins the fraction.
/// </summary>
/// <param name="Value">The number.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct MoneyNumber(decimal Value, int End)
{
    private const int MaxDigits = 20;

    /// <summary>Reads the number that begins there; null when it is none, such as 1.2.3 or 007.</summary>
    /// <param name="text">The text, its digits in ASCII.</param>
    /// <param name="start">Its first digit.</param>
    /// <param name="spaces">Whether a space may group digits.</param>
    public static MoneyNumber? Read(ReadOnlySpan<char> text, int start, bool spaces)
    {
        Span<char> digits = stackalloc char[MaxDigits + 1];
        var count = 0;
        var end = start + RunAt(text, start);
        if (!Append(text[start..end], digits, ref count) || (text[start] == '0' && end > start + 1))
            return null;

        if (end - start <= 3 && text[start] != '0' && SeparatorAt(text, end, spaces) is var separator and not '\0')
        {
            var grouped = EndOfGroups(text, end, separator);
            for (var at = end; at < grouped; at++)
                if (text[at] != separator && !Append(text.Slice(at, 1), digits, ref count))
                    return null;
            end = grouped;
        }

        if (end < text.Length - 1 && text[end] is '.' or ',' && RunAt(text, end + 1) is > 0 and var fraction)
        {
            if (count + fraction >= MaxDigits)
                return null;
            digits[count++] = '.';
            text.Slice(end + 1, fraction).CopyTo(digits[count..]);
            count += fraction;
            end += 1 + fraction;
        }

        // 1.2.3 is none
        return end < text.Length - 1 && text[end] is '.' or ',' && char.IsAsciiDigit(text[end + 1])
            ? null : new(decimal.Parse(digits[..count], CultureInfo.InvariantCulture), end);
    }

    /// <summary>How many digits stand there.</summary>
    public static int RunAt(ReadOnlySpan<char> text, int at) =>
        text[at..].IndexOfAnyExceptInRange('0', '9') is >= 0 and var length ? length : text.Length - at;

    private static char SeparatorAt(ReadOnlySpan<char> text, int at, bool spaces) =>
        at < text.Length && text[at] is ',' or '.' or '\'' or '’' or ' ' && (spaces || text[at] != ' ') ? text[at] : '\0';

    // groups of three; with commas also of two (India), the last of three. Where that does not work out there are none.
    private static int EndOfGroups(ReadOnlySpan<char> text, int end, char separator)
    {
        var grouped = end;
        for (var at = end; at < text.Length - 3 && text[at] == separator;)
        {
            var run = RunAt(text, at + 1);
            if (run is not (2 or 3) || (run == 2 && separator != ','))
                break;
            at += 1 + run;
            if (run == 3)
                grouped = at;
        }

        return grouped;
    }

    private static bool Append(ReadOnlySpan<char> run, Span<char> digits, ref int count)
    {
        if (count + run.Length > MaxDigits)
            return false;
        run.CopyTo(digits[count..]);
        count += run.Length;
        return true;
    }
}

/// <summary>How currencies are written: signs and codes (ISO 4217).</summary>
internal static class Currencies
{
    // longest first; $ and ¥ are those of the sender's country
    private static readonly (string Sign, string Code)[] Signs =
    [
        ("US$", "USD"), ("CA$", "CAD"), ("AU$", "AUD"), ("NZ$", "NZD"), ("HK$", "HKD"), ("NT$", "TWD"), ("MX$", "MXN"), ("руб.", "RUB"),
        ("руб", "RUB"), ("грн", "UAH"), ("ر.س", "SAR"), ("د.إ", "AED"), ("ج.م", "EGP"), ("Rs.", "INR"),
        ("A$", "AUD"), ("C$", "CAD"), ("R$", "BRL"), ("S$", "SGD"), ("Rs", "INR"), ("zł", "PLN"), ("Kč", "CZK"),
        ("$", ""), ("¥", ""), ("€", "EUR"), ("£", "GBP"), ("₹", "INR"), ("₩", "KRW"), ("₽", "RUB"), ("₴", "UAH"), ("₺", "TRY"),
        ("₪", "ILS"),
        ("₫", "VND"), ("฿", "THB"), ("₦", "NGN"), ("₱", "PHP"), ("₡", "CRC"), ("₲", "PYG"), ("₵", "GHS"), ("₸", "KZT"), ("₼", "AZN"),
        ("₾", "GEL"), ("៛", "KHR"), ("₮", "MNT"), ("₭", "LAK"), ("﷼", "IRR"), ("元", "CNY"), ("円", "JPY"), ("원", "KRW"),
    ];

    // not those that are words in capitals: ALL, CUP, SOS, TOP
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Codes = FrozenSet.ToFrozenSet(
        ("AED AFN AMD ANG AOA ARS AUD AWG AZN BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF " +
        "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR " +
        "KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR " +
        "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SRD SSP STN SVC SYP SZL THB TJS TMT TND TRY TTD TWD " +
        "TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL usd eur gbp").Split(' ')).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The currency that is written right before that place, and where it begins; null when none is.</summary>
    public static (string Code, int Start, bool IsSign)? Before(ReadOnlySpan<char> text, int end, SenderRegion region)
    {
        var before = text[..end];
        foreach (var (sign, code) in Signs)
            if (before.EndsWith(sign) && !(char.IsLetter(sign[0]) && LetterAt(text, end - sign.Length - 1)))
                return (CodeOf(sign, code, region), end - sign.Length, true);
        return end >= 3 && !LetterAt(text, end - 4) && Codes.TryGetValue(before[^3..], out var found)
            ? (found.ToUpperInvariant(), end - 3, false) : null;
    }

    /// <summary>The currency that is written right at that place, and where it ends; null when none is.</summary>
    public static (string Code, int End, bool IsSign)? At(ReadOnlySpan<char> text, int start, SenderRegion region)
    {
        var after = text[start..];
        foreach (var (sign, code) in Signs)
            if (after.StartsWith(sign) && !(char.IsLetter(sign[^1]) && sign[^1] < '\u2E80' && LetterAt(text, start + sign.Length)))
                return (CodeOf(sign, code, region), start + sign.Length, true);
        return after.Length >= 3 && !LetterAt(text, start + 3) && Codes.TryGetValue(after[..3], out var found)
            ? (found.ToUpperInvariant(), start + 3, false) : null;
    }

    private static string CodeOf(string sign, string code, SenderRegion region) => sign switch
    {
        "$" => region.Dollar,
        "¥" => region.Yen,
        _ => code,
    };

    // ideographs stand next to each other without being one word
    private static bool LetterAt(ReadOnlySpan<char> text, int at) =>
        at >= 0 && at < text.Length && char.IsLetterOrDigit(text[at]) && text[at] < '\u2E80';
}
