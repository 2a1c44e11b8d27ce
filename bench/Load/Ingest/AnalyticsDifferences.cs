using System.Globalization;

namespace Switchboard.Load.Ingest;

/// <summary>What of the analytics is not as it should be.</summary>
internal static class AnalyticsDifferences
{
    // the product may round
    private const double Tolerance = 0.01;
    private const double RateTolerance = 0.0001;

    public static IEnumerable<string> Between(TruthSum truth, MailAnalytics analytics) =>
        OfSummary(truth, analytics.Summary).Concat(OfBuckets(truth, analytics.Buckets)).Concat(OfHours(truth, analytics)).Concat(OfDomains(truth, analytics));

    private static IEnumerable<string> OfSummary(TruthSum truth, AnalyticsSummary summary) =>
        Differing(
            ("sent", summary.Sent, truth.Sent, 0),
            ("responded", summary.Responded, truth.Responded, 0),
            ("autoReplied", summary.AutoReplied, truth.AutoReplied, 0),
            ("bounced", summary.Bounced, truth.Bounced, 0),
            ("active", summary.Active, truth.Sent - truth.Responded - truth.Bounced, 0),
            ("responseRate", summary.ResponseRate, truth.ResponseRate, RateTolerance),
            ("medianResponseSeconds", summary.MedianResponseSeconds, truth.MedianSeconds, Tolerance),
            ("p90ResponseSeconds", summary.P90ResponseSeconds, truth.P90Seconds, Tolerance));

    private static IEnumerable<string> OfBuckets(TruthSum truth, IReadOnlyList<AnalyticsBucket> buckets) =>
        Differing(
            ("sent of all buckets", buckets.Sum(bucket => bucket.Sent), truth.Sent, 0),
            ("responded of all buckets", buckets.Sum(bucket => bucket.Responded), truth.Responded, 0),
            ("different buckets", buckets.DistinctBy(bucket => bucket.Start).Count(), buckets.Count, 0));

    private static IEnumerable<string> OfHours(TruthSum truth, MailAnalytics analytics)
    {
        var hours = analytics.ByHourOfWeek.ToLookup(hour => hour.Hour);
        return truth.ByHourOfWeek.SelectMany(expected => hours[expected.Hour].ToList() is [var hour]
            ? Differing(
                ($"sent in hour {hour.Hour} of the week", hour.Sent, expected.Sent, 0),
                ($"responded in hour {hour.Hour} of the week", hour.Responded, expected.Responded, 0))
            : [$"hour {expected.Hour} of the week is there {hours[expected.Hour].Count()} times, not once"]);
    }

    private static IEnumerable<string> OfDomains(TruthSum truth, MailAnalytics analytics)
    {
        var domains = analytics.ByRecipientDomain.ToLookup(domain => domain.Domain);
        return truth.ByDomain.SelectMany(expected => domains[expected.Domain].ToList() is [var domain]
                ? Differing(
                    ($"sent to {domain.Domain}", domain.Sent, expected.Sent, 0),
                    ($"responded from {domain.Domain}", domain.Responded, expected.Responded, 0),
                    ($"bounced from {domain.Domain}", domain.Bounced, expected.Bounced, 0),
                    ($"median of {domain.Domain}", domain.MedianResponseSeconds, expected.MedianSeconds, Tolerance),
                    ($"p90 of {domain.Domain}", domain.P90ResponseSeconds, expected.P90Seconds, Tolerance))
                : [$"{expected.Domain} is there {domains[expected.Domain].Count()} times, not once"])
            .Concat(domains.Select(domain => domain.Key).Except(truth.ByDomain.Select(domain => domain.Domain)).Select(domain => $"nothing was sent to {domain}"));
    }

    private static IEnumerable<string> Differing(params IEnumerable<(string Name, double? Is, double? Expected, double Tolerance)> figures) =>
        figures.Where(figure => !AreAlike(figure.Is, figure.Expected, figure.Tolerance))
            .Select(figure => $"{figure.Name} is {Text(figure.Is)}, not {Text(figure.Expected)}");

    private static bool AreAlike(double? one, double? other, double tolerance) =>
        one is { } a && other is { } b ? Math.Abs(a - b) <= tolerance : one is null && other is null;

    private static string Text(double? figure) => figure?.ToString("0.####", CultureInfo.InvariantCulture) ?? "null";
}
