using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Switchboard.Core.Sms;

/// <summary>Telephone numbers as they are stored and sent: E.164 (ITU-T), <c>+</c> and at most 15 digits.</summary>
public static class PhoneNumber
{
    /// <summary>What the problem says when it is something else.</summary>
    public const string FormatError = "It must be a phone number in E.164: + and 7 to 15 digits, such as +15550100001.";

    private const string Mexico = "+52";
    private const int MexicanLength = 13;

    private const int MaxCached = 10_000;

    private static readonly PhoneNumberUtil Plan = PhoneNumberUtil.GetInstance();
    private static readonly ConcurrentDictionary<string, PlannedNumber> Cache = new(StringComparer.Ordinal);
    private static int _cached;

    /// <summary>Whether it is written as E.164 says: <c>+</c> and 7 to 15 digits, whatever its country has.</summary>
    public static bool LooksLikeE164([NotNullWhen(true)] string? number) =>
        number is ['+', >= '1' and <= '9', ..] && number.Length is >= 8 and <= 16 && !number.AsSpan(1).ContainsAnyExceptInRange('0', '9');

    /// <summary>
    /// Whether it is in E.164 and of a length that its country's numbering plan has. Not whether it is given out:
    /// plans change, and numbers kept for fiction (555) are used for trying things.
    /// </summary>
    public static bool IsE164([NotNullWhen(true)] string? number) => LooksLikeE164(number) && Planned(number).IsPossible;

    /// <summary>
    /// The phone, or the short code, that a message came from or goes to: one name for all the ways in which providers write it. Null for
    /// what is none, such as the name of a sender (<c>SUPPORT</c>); nothing is guessed.
    /// </summary>
    public static string? ContactOf(string? address)
    {
        if (IsShortCode(address))
            return address;
        var number = address switch
        {
            null or "" => null,
            // a + that was not encoded in a form is a space
            [' ', ..] => $"+{address[1..]}",
            _ when address.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon => address[(colon + 1)..],
            _ => address,
        };
        // mobiles of Mexico had a 1 after the country code until 2019; providers send both
        if (number?.Length == MexicanLength + 1 && number.StartsWith(Mexico + "1", StringComparison.Ordinal))
            number = Mexico + number[(Mexico.Length + 1)..];
        return IsE164(number) ? number : null;
    }

    /// <summary>The country of a number by its two letters (ISO 3166-1), or <c>001</c> for a number of no country, as far as its first digits
    /// tell; null for what is no number.</summary>
    public static string? CountryOf(string number) => (LooksLikeE164(number) ? Planned(number) : Parse(number)).Country;

    /// <summary>All the ways in E.164 in which the number of a contact may have been stored.</summary>
    public static IReadOnlyList<string> FormsOf(string number)
    {
        var contact = ContactOf(number) ?? number;
        return contact.Length == MexicanLength && contact.StartsWith(Mexico, StringComparison.Ordinal)
            ? [contact, $"{Mexico}1{contact[Mexico.Length..]}"]
            : [contact];
    }

    // a sender's number is looked up several times for each message, and senders come back
    private static PlannedNumber Planned(string number)
    {
        if (Cache.TryGetValue(number, out var planned))
            return planned;
        if (Interlocked.Increment(ref _cached) > MaxCached)
        {
            Cache.Clear();
            Interlocked.Exchange(ref _cached, 1);
        }

        return Cache[number] = Parse(number);
    }

    private static PlannedNumber Parse(string number)
    {
        try
        {
            var parsed = Plan.Parse(number, null);
            // what is not given out, as 555, has no region but that of its country code
            return new(Plan.IsPossibleNumber(parsed), Plan.GetRegionCodeForNumber(parsed) ?? Plan.GetRegionCodeForCountryCode(parsed.CountryCode));
        }
        catch (NumberParseException)
        {
            return default; // its country code is none
        }
    }

    private static bool IsShortCode([NotNullWhen(true)] string? address) =>
        address?.Length is >= 3 and <= 8 && !address.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>What the numbering plans say of a number.</summary>
    private readonly record struct PlannedNumber(bool IsPossible, string? Country);
}
