using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>
/// Counts over the days that <c>Analytics.Worker</c> keeps of each account (<c>tracked_email_days</c>), and over the mails themselves where
/// the span begins or ends within a day or something of a day has changed since. One statement, so that all is of one moment.
/// </summary>
internal static class DayStats
{
    /// <summary><c>$3</c> and <c>$4</c> are the whole days of the span, <c>$5</c> and <c>$6</c> what is left at its ends.</summary>
    internal const string Sql =
        """
        WITH owned AS MATERIALIZED (SELECT id FROM mailboxes WHERE id = ANY ($1) AND user_id = $2),
        changed AS MATERIALIZED (
            SELECT DISTINCT c.account_id, (c.hour AT TIME ZONE 'UTC')::date AS day
            FROM tracked_email_changes AS c
            WHERE c.account_id = ANY (ARRAY(SELECT id FROM owned))
              AND c.hour >= $3::timestamp AT TIME ZONE 'UTC' AND c.hour < $4::timestamp AT TIME ZONE 'UTC'),
        parts AS (
            SELECT c.account_id, c.day::timestamp AT TIME ZONE 'UTC' AS from_at, (c.day + 1)::timestamp AT TIME ZONE 'UTC' AS to_at FROM changed AS c
            UNION ALL
            SELECT owned.id, ends.from_at, ends.to_at FROM owned CROSS JOIN unnest($5::timestamptz[], $6::timestamptz[]) AS ends (from_at, to_at))
        SELECT statement_timestamp(), refreshed_at, NULL::date, NULL, NULL::bytea FROM tracking_view_refreshes
        UNION ALL
        SELECT NULL, NULL, d.day, d.domains, d.mails
        FROM tracked_email_days AS d
        WHERE d.account_id = ANY (ARRAY(SELECT id FROM owned)) AND d.day >= $3 AND d.day < $4
          AND (d.account_id, d.day) NOT IN (SELECT account_id, day FROM changed)
        UNION ALL
        SELECT NULL, NULL, (p.from_at AT TIME ZONE 'UTC')::date, packed.domains, packed.mails
        FROM parts AS p
        CROSS JOIN LATERAL tracked_email_day(p.account_id, p.from_at, p.to_at) AS packed
        WHERE packed.mails IS NOT NULL
        """;

    public static Task<StatsSet> ReadAsync(NpgsqlDataSource dataSource, QueryMonitor queries, StatsQuery query, CancellationToken cancellationToken) =>
        queries.RunAsync(
            "email-analytics",
            dataSource.Command(Sql, Values(query)),
            (command, token) => CountAsync(command, query.Span.Bucket, token),
            cancellationToken);

    internal static object[] Values(StatsQuery query)
    {
        var (first, end, ends) = Days(query.Span);
        return
        [
            query.Accounts.Ids, query.Accounts.UserId, first, end, ends.Select(part => part.From).ToArray(), ends.Select(part => part.To).ToArray(),
        ];
    }

    internal static async Task<StatsSet> CountAsync(NpgsqlCommand command, string bucket, CancellationToken cancellationToken)
    {
        var counter = new StatsCounter(bucket);
        DateTimeOffset asOf = default, refreshedAt = default;
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            if (rows.IsDBNull(2))
                (asOf, refreshedAt) = (rows.GetFieldValue<DateTimeOffset>(0), rows.GetFieldValue<DateTimeOffset>(1));
            else
                counter.Add(rows.GetFieldValue<DateOnly>(2), rows.GetString(3), rows.GetFieldValue<byte[]>(4));
        }

        return StatsSet.Of(counter.Rows(), asOf, StatsSet.Views, refreshedAt);
    }

    /// <summary>The whole days of a span, from the first until before the end, and what is left at its ends, each within one day.</summary>
    internal static (DateOnly First, DateOnly End, IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> Ends) Days(StatsSpan span)
    {
        var (from, to) = (span.From.UtcDateTime, span.To.UtcDateTime);
        var end = DateOnly.FromDateTime(to);
        if (from.TimeOfDay > TimeSpan.Zero && from.Date == to.Date)
            return (end, end, [(span.From, span.To)]);

        var first = DateOnly.FromDateTime(from).AddDays(from.TimeOfDay > TimeSpan.Zero ? 1 : 0);
        var ends = new List<(DateTimeOffset, DateTimeOffset)>();
        if (from.TimeOfDay > TimeSpan.Zero)
            ends.Add((span.From, new(first, TimeOnly.MinValue, TimeSpan.Zero)));
        if (to.TimeOfDay > TimeSpan.Zero)
            ends.Add((new(end, TimeOnly.MinValue, TimeSpan.Zero), span.To));
        return (first, end, ends);
    }
}
