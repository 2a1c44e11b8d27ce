using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>
/// Counts by plain statements: over the mails alone, or over the hours of the view, and only those from the mails that are not whole or
/// have changed since it was made.
/// </summary>
internal static class CountStats
{
    private const string Owned = "ARRAY(SELECT id FROM mailboxes WHERE id = ANY ($1) AND user_id = $5)";

    private const string FromTables =
        $"""
        mails AS MATERIALIZED (
            SELECT sent_at, status, response_seconds, auto_replied_at, recipient_domain
            FROM tracked_emails
            WHERE account_id = ANY ({Owned}) AND sent_at >= $2 AND sent_at < $3),
        daily AS (SELECT * FROM mails),
        hours AS (SELECT * FROM live_hours),
        domains AS (SELECT * FROM live_domains)
        """;

    private const string FromViews =
        $"""
        bounds AS (
            SELECT date_bin('1 hour', $2 + interval '1 hour' - interval '1 microsecond', '0001-01-01 00:00Z') AS first_hour,
                   date_bin('1 hour', $3, '0001-01-01 00:00Z') AS end_hour,
                   date_bin('1 day', $2 + interval '1 day' - interval '1 microsecond', '0001-01-01 00:00Z') AS first_day,
                   date_bin('1 day', $3, '0001-01-01 00:00Z') AS end_day),
        kept_hours AS MATERIALIZED (
            SELECT v.*
            FROM tracked_emails_hourly_metrics AS v
            WHERE v.account_id = ANY ({Owned}) AND v.hour >= (SELECT first_hour FROM bounds) AND v.hour < (SELECT end_hour FROM bounds)
              AND NOT EXISTS (SELECT FROM tracked_email_changes AS c WHERE c.account_id = v.account_id AND c.hour = v.hour)),
        kept_days AS MATERIALIZED (
            SELECT v.*
            FROM tracked_emails_domain_metrics AS v
            WHERE v.account_id = ANY ({Owned}) AND v.day >= (SELECT first_day FROM bounds) AND v.day < (SELECT end_day FROM bounds)
              AND NOT EXISTS (
                  SELECT FROM tracked_email_changes AS c
                  WHERE c.account_id = v.account_id AND c.hour >= v.day AND c.hour < v.day + interval '1 day')),
        mails AS MATERIALIZED (
            SELECT t.sent_at, t.status, t.response_seconds, t.auto_replied_at, t.recipient_domain
            FROM tracked_emails AS t
            WHERE t.account_id = ANY ({Owned}) AND t.sent_at >= $2 AND t.sent_at < $3
              AND (t.sent_at < (SELECT first_hour FROM bounds) OR t.sent_at >= (SELECT end_hour FROM bounds)
                   OR EXISTS (
                       SELECT FROM tracked_email_changes AS c
                       WHERE c.account_id = t.account_id AND c.hour = date_bin('1 hour', t.sent_at, '0001-01-01 00:00Z')))),
        daily AS MATERIALIZED (
            SELECT t.sent_at, t.status, t.response_seconds, t.auto_replied_at, t.recipient_domain
            FROM tracked_emails AS t
            WHERE t.account_id = ANY ({Owned}) AND t.sent_at >= $2 AND t.sent_at < $3
              AND (t.sent_at < (SELECT first_day FROM bounds) OR t.sent_at >= (SELECT end_day FROM bounds)
                   OR EXISTS (
                       SELECT FROM tracked_email_changes AS c
                       WHERE c.account_id = t.account_id AND c.hour >= date_bin('1 day', t.sent_at, '0001-01-01 00:00Z')
                         AND c.hour < date_bin('1 day', t.sent_at, '0001-01-01 00:00Z') + interval '1 day'))),
        hours AS (
            SELECT hour, sent, responded, auto_replied, bounced, expired, stopped, active, response_seconds FROM kept_hours
            UNION ALL
            SELECT * FROM live_hours),
        domains AS (
            SELECT domain, sent, coalesce(cardinality(response_seconds), 0) AS responded, bounced, response_seconds FROM kept_days
            UNION ALL
            SELECT * FROM live_domains)
        """;

    private const string Counted =
        """
        live_hours AS (
            SELECT date_bin('1 hour', sent_at, '0001-01-01 00:00Z') AS hour, count(*) AS sent, count(response_seconds) AS responded,
                   count(auto_replied_at) AS auto_replied, count(*) FILTER (WHERE status = 'bounced') AS bounced,
                   count(*) FILTER (WHERE status = 'expired') AS expired, count(*) FILTER (WHERE status = 'stopped') AS stopped,
                   count(*) FILTER (WHERE status = 'active') AS active,
                   array_agg(response_seconds) FILTER (WHERE response_seconds IS NOT NULL) AS response_seconds
            FROM mails
            GROUP BY 1),
        live_domains AS (
            SELECT recipient_domain COLLATE "C" AS domain, count(*) AS sent, count(response_seconds) AS responded,
                   count(*) FILTER (WHERE status = 'bounced') AS bounced,
                   array_agg(response_seconds) FILTER (WHERE response_seconds IS NOT NULL) AS response_seconds
            FROM daily
            GROUP BY 1),
        buckets AS (
            SELECT date_trunc($4, hour, 'UTC') AS at, sum(sent) AS sent, sum(responded) AS responded FROM hours GROUP BY 1),
        bucket_times AS (
            SELECT date_trunc($4, hour, 'UTC') AS at, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
                   percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
            FROM hours, unnest(response_seconds) AS seconds
            GROUP BY 1),
        all_times AS (
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
                   percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
            FROM hours, unnest(response_seconds) AS seconds),
        domain_sums AS (
            SELECT domain, sum(sent) AS sent, sum(responded) AS responded, sum(bounced) AS bounced FROM domains GROUP BY domain),
        domain_times AS (
            SELECT domain, percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS median,
                   percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) AS p90
            FROM domains, unnest(response_seconds) AS seconds
            GROUP BY domain),
        stats AS (
            SELECT 'summary' AS part, NULL::timestamptz AS at, NULL::int AS slot, NULL::text AS domain,
            coalesce(sum(sent), 0)::bigint AS sent,
                   coalesce(sum(responded), 0)::bigint AS responded, coalesce(sum(auto_replied), 0)::bigint AS auto_replied,
                   coalesce(sum(bounced), 0)::bigint AS bounced, coalesce(sum(expired), 0)::bigint AS expired,
                   coalesce(sum(stopped), 0)::bigint AS stopped, coalesce(sum(active), 0)::bigint AS active,
                   (SELECT median FROM all_times) AS median_seconds, (SELECT p90 FROM all_times) AS p90_seconds
            FROM hours
            UNION ALL
            SELECT 'bucket', at, NULL, NULL, sent::bigint, responded::bigint, 0, 0, 0, 0, 0, median, p90
            FROM buckets LEFT JOIN bucket_times USING (at)
            UNION ALL
            SELECT 'slot', NULL, ((extract(isodow FROM hour AT TIME ZONE 'UTC') - 1) * 24 + extract(hour FROM hour AT TIME ZONE 'UTC'))::int, NULL,
                   sum(sent)::bigint, sum(responded)::bigint, 0, 0, 0, 0, 0, NULL, NULL
            FROM hours
            GROUP BY 3
            UNION ALL
            (SELECT 'domain', NULL, NULL, domain, sent::bigint, responded::bigint, 0, bounced::bigint, 0, 0, 0, median, p90
             FROM domain_sums LEFT JOIN domain_times USING (domain)
             ORDER BY sent DESC, domain
             LIMIT 100))
        """;

    private const string Answer =
        $"SELECT {StatsRow.Columns}, statement_timestamp(), (SELECT refreshed_at FROM tracking_view_refreshes) FROM stats";

    // what is defined below is used above: RECURSIVE lets the parts stand in the order in which they are read
    private const string TablesSql = $"WITH RECURSIVE {FromTables}, {Counted} {Answer}";
    private const string ViewsSql = $"WITH RECURSIVE {FromViews}, {Counted} {Answer}";

    public static async Task<StatsSet> ExecuteAsync(
        NpgsqlDataSource dataSource, QueryMonitor queries, StatsQuery query, bool useViews, CancellationToken cancellationToken)
    {
        var rows = await queries.RunAsync(
            "email-analytics-plain",
            dataSource.Command(useViews ? ViewsSql : TablesSql, query.Accounts.Ids, query.Span.From, query.Span.To, query.Span.Bucket,
                query.Accounts.UserId),
            (command, cancellationToken) => command.ListAsync(CountedRow.Read, cancellationToken),
            cancellationToken);
        return CountedRow.Together(rows, useViews);
    }
}
