namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>The figures of tracked mail.</summary>
/// <param name="AccountId">Of which account; null for all of the user together.</param>
/// <param name="From">Mails sent then or later.</param>
/// <param name="To">Mails sent before.</param>
/// <param name="Bucket">hour, day, week or month.</param>
/// <param name="AsOf">When they were counted.</param>
/// <param name="AgeSeconds">How long ago that was.</param>
/// <param name="Source">views or tables.</param>
/// <param name="ViewsRefreshedAt">When the views were made; what changed since then was counted from the tables.</param>
/// <param name="Summary">Of the whole span.</param>
/// <param name="Buckets">Of each bucket with mails, oldest first.</param>
/// <param name="ByHourOfWeek">168 hours, from Monday 0:00 UTC.</param>
/// <param name="ByRecipientDomain">The 100 domains with the most mails, by that of the first recipient.</param>
internal sealed record EmailAnalyticsResponse(
    Guid? AccountId,
    DateTimeOffset From,
    DateTimeOffset To,
    string Bucket,
    DateTimeOffset AsOf,
    double AgeSeconds,
    string Source,
    DateTimeOffset ViewsRefreshedAt,
    StatsSummary Summary,
    IReadOnlyList<StatsBucket> Buckets,
    IReadOnlyList<HourOfWeek> ByHourOfWeek,
    IReadOnlyList<DomainStats> ByRecipientDomain)
{
    private const int HoursOfWeek = 168;

    /// <summary>Shows figures.</summary>
    public static EmailAnalyticsResponse Of(Guid? accountId, StatsSpan span, StatsSet figures, DateTimeOffset now)
    {
        var hours = figures.Slots.ToDictionary(row => row.Slot!.Value);
        return new(
            accountId, span.From, span.To, span.Bucket, figures.AsOf, Math.Round(Math.Max(0, (now - figures.AsOf).TotalSeconds), 3), figures.Source,
            figures.ViewsRefreshedAt,
            StatsSummary.Of(figures.Summary),
            [.. figures.Buckets.Select(row => new StatsBucket(row.At!.Value, row.Sent, row.Responded, row.ResponseRate, row.Median, row.P90))],
            [.. Enumerable.Range(0, HoursOfWeek).Select(hour => hours.TryGetValue(hour, out var row)
                ? new HourOfWeek(hour, row.Sent, row.Responded, row.ResponseRate)
                : new HourOfWeek(hour, 0, 0, 0))],
            [.. figures.Domains.Select(row =>
                new DomainStats(row.Domain!, row.Sent, row.Responded, row.Bounced, row.ResponseRate, row.Median, row.P90))]);
    }
}

/// <summary>The figures of the whole span.</summary>
/// <param name="Sent">Mails that were sent.</param>
/// <param name="Responded">… that a person has answered.</param>
/// <param name="AutoReplied">… that were answered automatically.</param>
/// <param name="Bounced">… that came back.</param>
/// <param name="Expired">… that nobody answered in time.</param>
/// <param name="Stopped">… that are not followed any more.</param>
/// <param name="Active">… that are waited for.</param>
/// <param name="ResponseRate">How many parts of those sent were answered, 0 to 1.</param>
/// <param name="MedianResponseSeconds">Half of the answers came within that time; null if there are none.</param>
/// <param name="P90ResponseSeconds">Nine of ten did.</param>
internal sealed record StatsSummary(
    long Sent, long Responded, long AutoReplied, long Bounced, long Expired, long Stopped, long Active, double ResponseRate,
    double? MedianResponseSeconds, double? P90ResponseSeconds)
{
    /// <summary>Shows the row of the summary.</summary>
    public static StatsSummary Of(StatsRow row) => new(
        row.Sent, row.Responded, row.AutoReplied, row.Bounced, row.Expired, row.Stopped, row.Active, row.ResponseRate, row.Median, row.P90);
}

/// <summary>The figures of the mails that were sent in a bucket.</summary>
internal sealed record StatsBucket(
    DateTimeOffset Start, long Sent, long Responded, double ResponseRate, double? MedianResponseSeconds, double? P90ResponseSeconds);

/// <summary>The figures of the mails that were sent in an hour of the week; 0 is Monday 0:00 UTC.</summary>
internal sealed record HourOfWeek(int Hour, long Sent, long Responded, double ResponseRate);

/// <summary>The figures of the mails to a domain.</summary>
internal sealed record DomainStats(
    string Domain, long Sent, long Responded, long Bounced, double ResponseRate, double? MedianResponseSeconds, double? P90ResponseSeconds);
