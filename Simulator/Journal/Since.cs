using System.Globalization;

namespace Switchboard.Simulator.Journal;

/// <summary>Where a list goes on: <c>since</c> is the <c>nextCursor</c> of a page, or a time.</summary>
internal static class Since
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 10_000;
    public const string Mistake = "Use the nextCursor of a page, or a time: 2026-01-31T12:00:00Z.";

    public static string LimitMistake { get; } = $"Use 1 to {MostLimit}.";

    /// <param name="since">What was asked for.</param>
    /// <param name="after">The place after which to look; null for the end of the list.</param>
    public static bool TryParse(string? since, out long? after)
    {
        after = null;
        if (string.IsNullOrEmpty(since))
        {
            return true;
        }

        if (long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var cursor))
        {
            after = cursor;
            return true;
        }

        if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        after = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return true;
    }

    /// <summary>The page: from a place on, oldest first; without a place the last ones, oldest of them first.</summary>
    /// <returns>What is on it, and the place where the next one begins; null when there is no next one.</returns>
    public static (IReadOnlyList<T> Page, string? Next) Page<T>(Ledger<T> ledger, long? after, int limit, Func<T, bool> matches)
        where T : class, IJournalEntry
    {
        var found = ledger.After(after ?? long.MinValue).Where(matches);
        if (after is null)
        {
            return ([.. found.TakeLast(limit)], null);
        }

        var page = found.Take(limit + 1).ToList();
        return page.Count > limit
            ? (page[..limit], page[limit - 1].Sequence.ToString(CultureInfo.InvariantCulture))
            : (page, null);
    }
}
