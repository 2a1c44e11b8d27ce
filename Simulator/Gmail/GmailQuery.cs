using System.Globalization;

namespace Switchboard.Simulator.Gmail;

/// <summary>Reads the query parameters of Gmail calls; what cannot be read is Google's 400.</summary>
internal static class GmailQuery
{
    private const int DefaultResults = 100;
    private const int MostResults = 500;

    /// <summary>100 unless said, 500 at the most.</summary>
    /// <returns>Null when it is not a number.</returns>
    public static int? MaxResults(IQueryCollection query) =>
        (string?)query["maxResults"] is not { Length: > 0 } text ? DefaultResults
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) ? Math.Clamp(most, 1, MostResults)
        : null;

    /// <summary>A history id: of <c>startHistoryId</c>, or of a page token, which is one too.</summary>
    public static long? HistoryId(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>The time of <c>after:</c> in a search, seconds since 1970 or yyyy/MM/dd; other words of it are not looked at.</summary>
    public static DateTimeOffset After(string? search)
    {
        const string Name = "after:";
        var word = search?.Split(' ').FirstOrDefault(word => word.StartsWith(Name, StringComparison.OrdinalIgnoreCase))?[Name.Length..];
        return long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : DateTimeOffset.TryParseExact(word, "yyyy/M/d", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var day) ? day
            : DateTimeOffset.MinValue;
    }
}
