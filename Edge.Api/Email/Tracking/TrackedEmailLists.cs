using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary>
/// Parts of lists: from the cache (<c>ENABLE_QUERY_CACHING</c>) in front of the database, there by its functions or by plain statements
/// (<c>USE_OPTIMIZED_QUERIES</c>). Each way gives the same answer.
/// </summary>
internal sealed class TrackedEmailLists(NpgsqlDataSource database, QueryMonitor queries, HybridCache cache, FeatureRollout rollout)
{
    /// <summary>Reads a part of a list.</summary>
    public Task<TrackedEmailPart> ReadAsync(TrackedEmailQuery query, CancellationToken cancellation) =>
        query.Accounts.Ids.Length == 0
            ? Task.FromResult(new TrackedEmailPart([], query.CountUpTo == 0 ? null : 0))
            : rollout.RunAsync(
                Feature.QueryCaching, query.Accounts.Only,
                optimised: ct => cache.GetOrCreateAsync(query.CacheKey(), loading => new ValueTask<TrackedEmailPart>(LoadAsync(query, loading)), cancellationToken: ct).AsTask(),
                plain: ct => LoadAsync(query, ct),
                TrackedEmailPart.Difference, cancellation);

    private Task<TrackedEmailPart> LoadAsync(TrackedEmailQuery query, CancellationToken cancellation) => rollout.RunAsync(
        Feature.OptimizedQueries, query.Accounts.Only,
        optimised: ct => SelectTrackedEmails.ExecuteAsync(database, queries, query, ct),
        plain: ct => ScanTrackedEmails.ExecuteAsync(database, queries, query, ct),
        TrackedEmailPart.Difference, cancellation);
}
