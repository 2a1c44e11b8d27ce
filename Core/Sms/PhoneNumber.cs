using System.Diagnostics.CodeAnalysis;
using PhoneNumbers;

namespace Switchboard.Core.Sms;

/// <summary>Telephone numbers as they are stored and sent: E.164 (ITU-T), <c>+</c> and at most 15 digits.</summary>
public static class PhoneNumber
{
    /// <summary>What to tell who gave something else.</summary>
    public const string Mistake = "It must be a phone number in E.164: + and 7 to 15 digits, such as +15550100001.";

    private static readonly PhoneNumberUtil Plan = PhoneNumberUtil.GetInstance();

    /// <summary>
    /// Whether it is in E.164 and of a length that its country's numbering plan has. Not whether it is given out:
    /// plans change, and numbers kept for fiction (555) are used for trying things.
    /// </summary>
    public static bool IsE164([NotNullWhen(true)] string? number)
    {
        if (number is not ['+', >= '1' and <= '9', ..] || number.Length is < 8 or > 16 || number.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
            return false;
        try
        {
            return Plan.IsPossibleNumber(Plan.Parse(number, null));
        }
        catch (NumberParseException)
        {
            return false; // its country code is none
        }
    }
}
