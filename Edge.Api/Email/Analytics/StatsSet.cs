using System.ComponentModel;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>All stats of a query, as they were at one moment.</summary>
/// <param name="Summary">Of the whole span.</param>
/// <param name="Buckets">Of each bucket with mails, oldest first.</param>
/// <param name="Slots">Of each hour of the week with mails.</param>
/// <param name="Domains">Of the domains with the most mails.</param>
/// <param name="AsOf">When they were counted.</param>
/// <param name="Source">views or tables.</param>
/// <param name="ViewsRefreshedAt">When the days were last brought up to the mails.</param>
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

    /// <summary>Where another way to the same stats says something else; null when it says the same.</summary>
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

/// <summary>A row of stats as the database counts them; which of its members say something depends on the part.</summary>
/// <param name="Part">summary, bucket, slot (an hour of the week) or domain.</param>
/// <param name="At">When a bucket begins.</param>
/// <param name="Slot">The hour of the week.</param>
/// <param name="Domain">The domain of the recipient.</param>
/// <param name="Sent">Mails that were sent.</param>
/// <param name="Responded">… that a person has answered.</param>
/// <param name="AutoReplied">… that were answered automatically.</param>
/// <param name="Bounced">… that came back.</param>
/// <param name="Expired">… that were not answered in time.</param>
/// <param name="Stopped">… that are not followed any more.</param>
/// <param name="Active">… that are waited for.</param>
/// <param name="Median">The median time to an answer, in seconds.</param>
/// <param name="P90">The 90th percentile of that time.</param>
internal sealed record StatsRow(
    string Part, DateTimeOffset? At, int? Slot, string? Domain, long Sent, long Responded, long AutoReplied, long Bounced, long Expired,
    long Stopped, long Active, double? Median, double? P90)
{
    public const string Summary = "summary";
    public const string Bucket = "bucket";
    public const string HourOfWeek = "slot";
    public const string RecipientDomain = "domain";

    /// <summary>How many columns there are.</summary>
    public const int Width = 13;

    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "part, at, slot, domain, sent, responded, auto_replied, bounced, expired, stopped, active, median_seconds, p90_seconds";

    /// <summary>The share of sent mails that a person answered, 0 to 1; 0 when none was sent.</summary>
    public double ResponseRate => Sent == 0 ? 0 : (double)Responded / Sent;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static StatsRow Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.Nullable<DateTimeOffset>(1),
        row.Nullable<int>(2),
        row.Text(3),
        row.GetInt64(4),
        row.GetInt64(5),
        row.Nullable<long>(6) ?? 0,
        row.Nullable<long>(7) ?? 0,
        row.Nullable<long>(8) ?? 0,
        row.Nullable<long>(9) ?? 0,
        row.Nullable<long>(10) ?? 0,
        row.Nullable<double>(11),
        row.Nullable<double>(12));
}
