using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Performance;
using Switchboard.Core.Rollout;

namespace Switchboard.Edge.Api.EmailAnalytics;

/// <summary>
/// Figures of tracked mail: from the cache (<c>ENABLE_QUERY_CACHING</c>), else counted over the materialised views or the tables
/// (<c>USE_MATERIALIZED_VIEWS</c>), either by the function of the database or by a plain statement (<c>USE_OPTIMIZED_QUERIES</c>).
/// Each way gives the same answer.
/// </summary>
internal sealed class EmailFigures(NpgsqlDataSource database, QueryMonitor queries, HybridCache cache, FeatureRollout rollout)
{
    /// <summary>Counts.</summary>
    public Task<FigureSet> ReadAsync(FigureQuery query, CancellationToken cancellation) => rollout.RunAsync(
        Feature.QueryCaching, query.Accounts.Only,
        optimised: ct => cache.GetOrCreateAsync(query.CacheKey(), loading => new ValueTask<FigureSet>(LoadAsync(query, loading)), cancellationToken: ct).AsTask(),
        plain: ct => LoadAsync(query, ct),
        FigureSet.Difference, cancellation);

    private Task<FigureSet> LoadAsync(FigureQuery query, CancellationToken cancellation) => rollout.RunAsync(
        Feature.MaterializedViews, query.Accounts.Only,
        optimised: ct => CountAsync(query, useViews: true, ct),
        plain: ct => CountAsync(query, useViews: false, ct),
        FigureSet.Difference, cancellation);

    private Task<FigureSet> CountAsync(FigureQuery query, bool useViews, CancellationToken cancellation) => rollout.RunAsync(
        Feature.OptimizedQueries, query.Accounts.Only,
        optimised: ct => SelectFigures.ExecuteAsync(database, queries, query, useViews, ct),
        plain: ct => CountFigures.ExecuteAsync(database, queries, query, useViews, ct),
        FigureSet.Difference, cancellation);
}
