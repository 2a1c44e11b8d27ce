using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Edge.Api.Email.Analytics;

/// <summary>
/// Figures of tracked mail: from the cache (<c>ENABLE_QUERY_CACHING</c>), else counted over the materialised views or the tables
/// (<c>USE_MATERIALIZED_VIEWS</c>), either by the function of the database or by a plain statement (<c>USE_OPTIMIZED_QUERIES</c>).
/// Each way gives the same answer.
/// </summary>
internal sealed class EmailStats(NpgsqlDataSource database, QueryMonitor queries, HybridCache cache, FeatureRollout rollout)
{
    /// <summary>Counts.</summary>
    public Task<StatsSet> ReadAsync(StatsQuery query, CancellationToken cancellation) => rollout.RunAsync(
        Feature.QueryCaching, query.Accounts.Only,
        optimised: ct => cache.GetOrCreateAsync(query.CacheKey(), loading => new ValueTask<StatsSet>(LoadAsync(query, loading)), cancellationToken: ct).AsTask(),
        plain: ct => LoadAsync(query, ct),
        StatsSet.Difference, cancellation);

    private Task<StatsSet> LoadAsync(StatsQuery query, CancellationToken cancellation) => rollout.RunAsync(
        Feature.MaterializedViews, query.Accounts.Only,
        optimised: ct => CountAsync(query, useViews: true, ct),
        plain: ct => CountAsync(query, useViews: false, ct),
        StatsSet.Difference, cancellation);

    private Task<StatsSet> CountAsync(StatsQuery query, bool useViews, CancellationToken cancellation) => rollout.RunAsync(
        Feature.OptimizedQueries, query.Accounts.Only,
        optimised: ct => SelectStats.ExecuteAsync(database, queries, query, useViews, ct),
        plain: ct => CountStats.ExecuteAsync(database, queries, query, useViews, ct),
        StatsSet.Difference, cancellation);
}
