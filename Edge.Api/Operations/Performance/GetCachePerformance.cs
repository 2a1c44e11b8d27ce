using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary><c>GET /api/sms/performance/cache</c>: how often the caches of texts knew the answer.</summary>
internal sealed class GetCachePerformance(ProcessReports reports) : EndpointWithoutRequest<Ok<CacheSums>>
{
    public override void Configure()
    {
        Get("/api/sms/performance/cache");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Texts", "Read the figures of the caches, over all processes")
            .Produces<CacheSums>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<CacheSums>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(CacheSums.Of(await reports.ReadAsync(ct)));
}
