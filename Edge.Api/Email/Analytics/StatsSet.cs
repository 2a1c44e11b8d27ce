using System.ComponentModel;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>All figures of a question, as they were at one moment.</summary>
/// <param name="Summary">Of the whole span.</param>
/// <param name="Buckets">Of each bucket with mails, oldest first.</param>
/// <param name="Slots">Of each hour of the week with mails.</param>
/// <param name="Domains">Of the domains with the most mails.</param>
/// <param name="AsOf">When they were counted.</param>
/// <param name="Source">views or tables.</param>
/// <param name="ViewsRefreshedAt">When the views were made.</param>
[ImmutableObject(true)]
internal sealed record StatsSet(
    StatsRow Summary,
    IReadOnlyList<StatsRow> Buckets,
    IReadOnlyList<StatsRow> Slots,
    IReadOnlyList<StatsRow> Domains,
    DateTimeOffset AsOf,
    string Source,
    DateTimeOffset ViewsRefreshedAt)
{
    public const string Views = "views";
    public const string Tables = "tables";

    // sums of floating point may differ in their last digits
    private const double Tolerance = 1e-6;

    /// <summary>Brings rows into their order.</summary>
    public static StatsSet Of(IReadOnlyList<StatsRow> rows, DateTimeOffset asOf, string source, DateTimeOffset viewsRefreshedAt) => new(
        rows.Single(row => row.Part == StatsRow.Summary),
        [.. rows.Where(row => row.Part == StatsRow.Bucket).OrderBy(row => row.At)],
        [.. rows.Where(row => row.Part == StatsRow.HourOfWeek).OrderBy(row => row.Slot)],
        [.. rows.Where(row => row.Part == StatsRow.RecipientDomain).OrderByDescending(row => row.Sent).ThenBy(row => row.Domain, StringComparer.Ordinal)],
        asOf,
        source,
        viewsRefreshedAt);

    /// <summary>Where another way to the same figures says something else; null when it says the same.</summary>
    public static string? Difference(StatsSet plain, StatsSet other) =>
        Difference("summary", [plain.Summary], [other.Summary])
        ?? Difference("buckets", plain.Buckets, other.Buckets)
        ?? Difference("hours of the week", plain.Slots, other.Slots)
        ?? Difference("domains", plain.Domains, other.Domains);

    private static string? Difference(string part, IReadOnlyList<StatsRow> plain, IReadOnlyList<StatsRow> other)
    {
        if (plain.Count != other.Count)
            return $"{part}: {plain.Count} rows, not {other.Count}";
        for (var at = 0; at < plain.Count; at++)
        {
            var (one, two) = (plain[at], other[at]);
            if (one with { Median = null, P90 = null } != two with { Median = null, P90 = null })
                return $"{part}, row {at}: sent {one.Sent} and responded {one.Responded}, not {two.Sent} and {two.Responded}, or another count";
            if (!IsSame(one.Median, two.Median) || !IsSame(one.P90, two.P90))
                return $"{part}, row {at}: times {one.Median} and {one.P90}, not {two.Median} and {two.P90}";
        }

        return null;
    }

    private static bool IsSame(double? one, double? other) =>
        one is { } left && other is { } right ? Math.Abs(left - right) <= Tolerance * Math.Max(1, Math.Abs(left)) : one is null && other is null;
}
