using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>
/// Counts over the days that <c>Analytics.Worker</c> keeps of each account (<c>tracked_email_days</c>), and over the mails themselves where
/// the span begins or ends within a day or something of a day has changed since. One statement, so that all is of one moment.
/// </summary>
internal static class DayStats
{
    internal const string Sql =
        """
        SELECT statement_timestamp(), refreshed_at, NULL::date, NULL, NULL::bytea FROM tracking_view_refreshes
        UNION ALL
        SELECT NULL, NULL, day, domains, mails
        FROM get_tracked_email_days(ARRAY(SELECT id FROM mailboxes WHERE id = ANY ($1) AND user_id = $2), $3, $4, $5, $6)
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
        await using (var rows = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await rows.ReadAsync(cancellationToken))
            {
                if (rows.IsDBNull(2))
                    (asOf, refreshedAt) = (rows.GetFieldValue<DateTimeOffset>(0), rows.GetFieldValue<DateTimeOffset>(1));
                else
                    counter.Add(rows.GetFieldValue<DateOnly>(2), rows.GetString(3), rows.GetFieldValue<byte[]>(4));
            }
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
