using Switchboard.Core.Sms;

namespace Switchboard.Workers.Ingest.Sms.Entities;

/// <summary>Finds amounts of money: a number with a currency's sign or code right before or after it.</summary>
internal static class AmountFinder
{
    private static readonly (string Word, decimal Factor)[] Multiples =
    [
        (" thousand", 1_000), (" million", 1_000_000), (" billion", 1_000_000_000),
        ("bn", 1_000_000_000), ("k", 1_000), ("K", 1_000), ("m", 1_000_000), ("M", 1_000_000),
    ];

    public static void Find(string text, Span<char> rest, SenderRegion region, Findings<FoundAmount> found)
    {
        for (var at = 0; rest[at..].IndexOfAnyInRange('0', '9') is >= 0 and var next;)
        {
            var start = at + next;
            if (ReadAt(rest, start, region) is { } amount)
            {
                found.Add(amount.Start, new(text[amount.Start..amount.End], amount.Value, amount.Currency));
                rest[amount.Start..amount.End].Fill(TextEntityFinder.Mask);
                at = amount.End;
            }
            else
                at = start + MoneyNumber.RunAt(rest, start);
        }
    }

    private static (int Start, int End, decimal Value, string Currency)? ReadAt(ReadOnlySpan<char> text, int start, SenderRegion region)
    {
        // in the middle of 10:30, 1.2.3 or of a number that was none
        if (start > 1 && text[start - 1] is '.' or ',' or ':' or '/' && char.IsAsciiDigit(text[start - 2]))
            return null;

        var before = Currencies.Before(text, start > 0 && text[start - 1] == ' ' ? start - 1 : start, region);
        // $5 100 times: who writes the sign first groups by other means, but for the euro
        var spaces = before is not { IsSign: true } || before.Value.Code == "EUR";
        if (MoneyNumber.Read(text, start, spaces) is not { } number)
            return null;
        if (before is null && spaces && text[start..number.End].Contains(' ') && AfterOf(text, number.End, region) is null)
            number = MoneyNumber.Read(text, start, spaces: false) ?? number;

        if (Multiply(text, number) is not var (value, end))
            return null;
        var after = AfterOf(text, end, region);
        if (before is null && after is null || end < text.Length && char.IsAsciiLetter(text[end]) && after is null)
            return null;
        // US$20 and $20 USD: the code says which dollars
        return before is { } first && after is not { IsSign: false }
            ? (first.Start, end, value, first.Code)
            : (before?.Start ?? start, after!.Value.End, value, after.Value.Code);
    }

    private static (string Code, int End, bool IsSign)? AfterOf(ReadOnlySpan<char> text, int end, SenderRegion region)
    {
        var spaced = end < text.Length && text[end] == ' ';
        var after = Currencies.At(text, spaced ? end + 1 : end, region);
        // 3 €5: the sign belongs to the next number
        return spaced && after is { } sign && sign.End < text.Length && char.IsAsciiDigit(text[sign.End]) ? null : after;
    }

    // null for more than there is
    private static (decimal Value, int End)? Multiply(ReadOnlySpan<char> text, MoneyNumber number)
    {
        foreach (var (word, factor) in Multiples)
        {
            var end = number.End + word.Length;
            if (text[number.End..].StartsWith(word) && (end == text.Length || !char.IsAsciiLetter(text[end])))
                return number.Value <= decimal.MaxValue / factor ? (number.Value * factor, end) : null;
        }

        return (number.Value, number.End);
    }
}
