using System.Globalization;
using Switchboard.Load.Running;

namespace Switchboard.Load.Tracking.Ingest;

/// <summary>Compares the product's analytics of an account with what the simulator expects, value by value.</summary>
internal sealed class AnalyticsCheck(ApiClient edge, ApiClient simulator, LoadUser user)
{
    /// <summary>Compares a period.</summary>
    /// <returns>The values that differ.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(
        EmailAccount account, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var period = $"from={Time(from)}&to={Time(to)}";
        var expected = await simulator.GetAsync(
            $"/_sim/graph/mailboxes/{Uri.EscapeDataString(account.Address)}/truth?{period}",
            null,
            IngestJson.Default.ExpectedAnalytics,
            cancellationToken);
        var analytics = await edge.GetAsync(
            $"/api/emails/analytics?accountId={account.Id}&{period}&bucket=day",
            user.Key,
            IngestJson.Default.EmailAnalytics,
            cancellationToken);
        return
        [
            .. AnalyticsDifferences.Between(expected, analytics)
                .Select(difference => $"{account.Address}: analytics of {from:s} to {to:s}: {difference}"),
        ];
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}

/// <summary>The differences between the analytics and what is expected.</summary>
internal static class AnalyticsDifferences
{
    // the product may round
    private const double Tolerance = 0.01;
    private const double RateTolerance = 0.0001;

    public static IEnumerable<string> Between(ExpectedAnalytics expected, EmailAnalytics analytics) =>
        OfSummary(expected, analytics.Summary)
            .Concat(OfBuckets(expected, analytics.Buckets))
            .Concat(OfHours(expected, analytics))
            .Concat(OfDomains(expected, analytics));

    private static IEnumerable<string> OfSummary(ExpectedAnalytics expected, AnalyticsSummary summary) =>
        Differing(
            ("sent", summary.Sent, expected.Sent, 0),
            ("responded", summary.Responded, expected.Responded, 0),
            ("autoReplied", summary.AutoReplied, expected.AutoReplied, 0),
            ("bounced", summary.Bounced, expected.Bounced, 0),
            ("active", summary.Active, expected.Sent - expected.Responded - expected.Bounced, 0),
            ("responseRate", summary.ResponseRate, expected.ResponseRate, RateTolerance),
            ("medianResponseSeconds", summary.MedianResponseSeconds, expected.MedianSeconds, Tolerance),
            ("p90ResponseSeconds", summary.P90ResponseSeconds, expected.P90Seconds, Tolerance));

    private static IEnumerable<string> OfBuckets(ExpectedAnalytics expected, IReadOnlyList<AnalyticsBucket> buckets) =>
        Differing(
            ("sent of all buckets", buckets.Sum(bucket => bucket.Sent), expected.Sent, 0),
            ("responded of all buckets", buckets.Sum(bucket => bucket.Responded), expected.Responded, 0),
            ("different buckets", buckets.DistinctBy(bucket => bucket.Start).Count(), buckets.Count, 0));

    private static IEnumerable<string> OfHours(ExpectedAnalytics expected, EmailAnalytics analytics)
    {
        var hours = analytics.ByHourOfWeek.ToLookup(hour => hour.Hour);
        return expected.ByHourOfWeek.SelectMany(wanted => hours[wanted.Hour].ToList() is [var hour]
            ? Differing(
                ($"sent in hour {hour.Hour} of the week", hour.Sent, wanted.Sent, 0),
                ($"responded in hour {hour.Hour} of the week", hour.Responded, wanted.Responded, 0))
            : [$"hour {wanted.Hour} of the week is there {hours[wanted.Hour].Count()} times, not once"]);
    }

    private static IEnumerable<string> OfDomains(ExpectedAnalytics expected, EmailAnalytics analytics)
    {
        var domains = analytics.ByRecipientDomain.ToLookup(domain => domain.Domain);
        return expected.ByDomain.SelectMany(wanted => domains[wanted.Domain].ToList() is [var domain]
                ? Differing(
                    ($"sent to {domain.Domain}", domain.Sent, wanted.Sent, 0),
                    ($"responded from {domain.Domain}", domain.Responded, wanted.Responded, 0),
                    ($"bounced from {domain.Domain}", domain.Bounced, wanted.Bounced, 0),
                    ($"median of {domain.Domain}", domain.MedianResponseSeconds, wanted.MedianSeconds, Tolerance),
                    ($"p90 of {domain.Domain}", domain.P90ResponseSeconds, wanted.P90Seconds, Tolerance))
                : [$"{wanted.Domain} is there {domains[wanted.Domain].Count()} times, not once"])
            .Concat(domains.Select(domain => domain.Key)
                .Except(expected.ByDomain.Select(domain => domain.Domain))
                .Select(domain => $"nothing was sent to {domain}"));
    }

    private static IEnumerable<string> Differing(
        params IEnumerable<(string Name, double? Is, double? Expected, double Tolerance)> values) =>
        values.Where(value => !AreEqual(value.Is, value.Expected, value.Tolerance))
            .Select(value => $"{value.Name} is {Format(value.Is)}, not {Format(value.Expected)}");

    private static bool AreEqual(double? one, double? other, double tolerance) =>
        one is { } a && other is { } b ? Math.Abs(a - b) <= tolerance : one is null && other is null;

    private static string Format(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "null";
}

/// <summary>The analytics of a period, as the simulator knows them.</summary>
internal sealed record ExpectedAnalytics(
    long Sent,
    long Responded,
    long AutoReplied,
    long Bounced,
    double ResponseRate,
    double? MedianSeconds,
    double? P90Seconds,
    IReadOnlyList<ExpectedDomain> ByDomain,
    IReadOnlyList<HourCounts> ByHourOfWeek);

internal sealed record ExpectedDomain(string Domain, long Sent, long Responded, long Bounced, double? MedianSeconds, double? P90Seconds);

/// <summary>The mails sent in an hour of the week.</summary>
internal sealed record HourCounts(int Hour, long Sent, long Responded);

/// <summary>The product's analytics.</summary>
internal sealed record EmailAnalytics(
    AnalyticsSummary Summary,
    IReadOnlyList<AnalyticsBucket> Buckets,
    IReadOnlyList<HourCounts> ByHourOfWeek,
    IReadOnlyList<AnalyticsDomain> ByRecipientDomain);

internal sealed record AnalyticsSummary(
    long Sent,
    long Responded,
    long AutoReplied,
    long Bounced,
    long Active,
    double ResponseRate,
    double? MedianResponseSeconds,
    double? P90ResponseSeconds);

internal sealed record AnalyticsBucket(DateTimeOffset Start, long Sent, long Responded);

internal sealed record AnalyticsDomain(
    string Domain, long Sent, long Responded, long Bounced, double? MedianResponseSeconds, double? P90ResponseSeconds);
