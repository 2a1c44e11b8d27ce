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
