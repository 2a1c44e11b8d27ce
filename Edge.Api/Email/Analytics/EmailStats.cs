using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>
/// Stats of tracked mail: from the cache (<c>ENABLE_QUERY_CACHING</c>), else counted over the days that are kept of it or over all mails
/// (<c>USE_MATERIALIZED_VIEWS</c>). Each way gives the same answer.
/// </summary>
internal sealed class EmailStats(NpgsqlDataSource dataSource, QueryMonitor queries, HybridCache cache, FeatureRollout rollout)
{
    /// <summary>Counts.</summary>
    public Task<StatsSet> ReadAsync(StatsQuery query, CancellationToken cancellationToken) => rollout.RunAsync(
        Feature.QueryCaching, query.Accounts.Only,
        optimised: cancellationToken => cache.GetOrCreateAsync(
            query.CacheKey(), loading => new ValueTask<StatsSet>(LoadAsync(query, loading)),
            tags: [UserDeletion.CacheTag(query.Accounts.UserId)], cancellationToken: cancellationToken).AsTask(),
        plain: cancellationToken => LoadAsync(query, cancellationToken),
        StatsSet.Difference, cancellationToken);

    private Task<StatsSet> LoadAsync(StatsQuery query, CancellationToken cancellationToken) => rollout.RunAsync(
        Feature.MaterializedViews, query.Accounts.Only,
        optimised: cancellationToken => DayStats.ReadAsync(dataSource, queries, query, cancellationToken),
        plain: cancellationToken => MailStats.ReadAsync(dataSource, queries, query, cancellationToken),
        StatsSet.Difference, cancellationToken);
}

/// <summary>Counts over all mails of the span, by the function of the database.</summary>
internal static class MailStats
{
    private const string Sql =
        $"""
        SELECT {StatsRow.Columns}, statement_timestamp(), (SELECT refreshed_at FROM tracking_view_refreshes)
        FROM get_tracking_analytics(
            ARRAY(SELECT id FROM mailboxes WHERE id = ANY ($1) AND user_id = $5), $2, $3, $4, false)
        """;

    public static async Task<StatsSet> ReadAsync(
        NpgsqlDataSource dataSource, QueryMonitor queries, StatsQuery query, CancellationToken cancellationToken)
    {
        var rows = await queries.RunAsync(
            "email-analytics-plain",
            dataSource.Command(Sql, query.Accounts.Ids, query.Span.From, query.Span.To, query.Span.Bucket, query.Accounts.UserId),
            (command, token) => command.ListAsync(
                row => (Stats: StatsRow.Read(row), AsOf: row.GetFieldValue<DateTimeOffset>(StatsRow.Width),
                    RefreshedAt: row.GetFieldValue<DateTimeOffset>(StatsRow.Width + 1)),
                token),
            cancellationToken);
        return StatsSet.Of([.. rows.Select(row => row.Stats)], rows[0].AsOf, StatsSet.Tables, rows[0].RefreshedAt);
    }
}
