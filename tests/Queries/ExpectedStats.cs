using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Edge.Api.Email.Analytics;

namespace Switchboard.Tests.Queries;

/// <summary>The stats as they are worked out from all mails of the accounts, without SQL that counts.</summary>
internal static class ExpectedStats
{
    public static async Task<StatsSet> OfAsync(NpgsqlDataSource dataSource, StatsQuery query)
    {
        var all = await dataSource
            .Command(
                "SELECT sent_at, status, response_seconds, auto_replied_at IS NOT NULL, recipient_domain FROM tracked_emails WHERE account_id = ANY ($1)",
                query.Accounts.Ids)
            .ListAsync(row => new Mail(row.GetFieldValue<DateTimeOffset>(0), row.GetString(1), row.Nullable<int>(2), row.GetBoolean(3), row.GetString(4)), default);
        Mail[] mails = [.. all.Where(mail => mail.SentAt >= query.Span.From && mail.SentAt < query.Span.To)];

        return StatsSet.Of(
            [
                Row("summary", mails, null, null, null),
                .. mails.GroupBy(mail => BucketOf(mail.SentAt, query.Span.Bucket)).Select(bucket => Short(Row("bucket", [.. bucket], bucket.Key, null, null))),
                .. mails.GroupBy(mail => ((int)mail.SentAt.DayOfWeek + 6) % 7 * 24 + mail.SentAt.Hour)
                    .Select(slot => Short(Row("slot", [.. slot], null, slot.Key, null)) with { Median = null, P90 = null }),
                .. mails.GroupBy(mail => mail.Domain)
                    .Select(domain => Row("domain", [.. domain], null, null, domain.Key))
                    .Select(row => Short(row) with { Bounced = row.Bounced })
                    .OrderByDescending(row => row.Sent).ThenBy(row => row.Domain, StringComparer.Ordinal).Take(100),
            ],
            default, "here", default);
    }

    private static StatsRow Row(string part, Mail[] mails, DateTimeOffset? at, int? slot, string? domain)
    {
        double[] times = [.. mails.Where(mail => mail.Seconds is not null).Select(mail => (double)mail.Seconds!.Value).Order()];
        return new(
            part, at, slot, domain, mails.Length, times.Length, mails.Count(mail => mail.IsAutoReplied), Count("bounced"), Count("expired"),
            Count("stopped"), Count("active"), Percentile(times, 0.5), Percentile(times, 0.9));

        int Count(string status) => mails.Count(mail => mail.Status == status);
    }

    private static StatsRow Short(StatsRow row) => row with { AutoReplied = 0, Bounced = 0, Expired = 0, Stopped = 0, Active = 0 };

    // as percentile_cont: between the two that are nearest
    private static double? Percentile(double[] sorted, double part)
    {
        if (sorted.Length == 0)
            return null;
        var place = part * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }

    private static DateTimeOffset BucketOf(DateTimeOffset at, string bucket)
    {
        var day = new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero);
        return bucket switch
        {
            "hour" => day.AddHours(at.UtcDateTime.Hour),
            "day" => day,
            "week" => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            _ => new(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero),
        };
    }

    private sealed record Mail(DateTimeOffset SentAt, string Status, int? Seconds, bool IsAutoReplied, string Domain);
}
