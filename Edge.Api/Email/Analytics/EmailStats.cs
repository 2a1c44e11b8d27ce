using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>
/// Stats of tracked mail: from the cache (<c>ENABLE_QUERY_CACHING</c>), else counted over the materialised views or the tables
/// (<c>USE_MATERIALIZED_VIEWS</c>), either by the function of the database or by a plain statement (<c>USE_OPTIMIZED_QUERIES</c>).
/// Each way gives the same answer.
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
        optimised: cancellationToken => CountAsync(query, useViews: true, cancellationToken),
        plain: cancellationToken => CountAsync(query, useViews: false, cancellationToken),
        StatsSet.Difference, cancellationToken);

    private Task<StatsSet> CountAsync(StatsQuery query, bool useViews, CancellationToken cancellationToken) => rollout.RunAsync(
        Feature.OptimizedQueries, query.Accounts.Only,
        optimised: cancellationToken => SelectStats.ExecuteAsync(dataSource, queries, query, useViews, cancellationToken),
        plain: cancellationToken => CountStats.ExecuteAsync(dataSource, queries, query, useViews, cancellationToken),
        StatsSet.Difference, cancellationToken);
}

/// <summary>Counts by the function of the database, which is planned for each span.</summary>
internal static class SelectStats
{
    private const string Sql =
        $"""
        SELECT {StatsRow.Columns}, statement_timestamp(), (SELECT refreshed_at FROM tracking_view_refreshes)
        FROM get_tracking_analytics(
            ARRAY(SELECT id FROM mailboxes WHERE id = ANY ($1) AND user_id = $6), $2, $3, $4, $5)
        """;

    public static async Task<StatsSet> ExecuteAsync(
        NpgsqlDataSource dataSource, QueryMonitor queries, StatsQuery query, bool useViews, CancellationToken cancellationToken)
    {
        var span = query.Span;
        var rows = await queries.RunAsync(
            "email-analytics",
            dataSource.Command(Sql, query.Accounts.Ids, span.From, span.To, span.Bucket, useViews, query.Accounts.UserId),
            (command, cancellationToken) => command.ListAsync(CountedRow.Read, cancellationToken),
            cancellationToken);
        return CountedRow.Together(rows, useViews);
    }
}
