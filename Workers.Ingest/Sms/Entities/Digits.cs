using System.Globalization;
using System.Text;

namespace Switchboard.Workers.Ingest.Sms.Entities;

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
