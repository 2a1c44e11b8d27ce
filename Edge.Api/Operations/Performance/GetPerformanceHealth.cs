using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>
/// <c>GET /api/sms/performance/health</c>: 200 or 503, for a load balancer, so without a key and soon: a database that does not answer
/// within 2 s is away.
/// </summary>
internal sealed class GetPerformanceHealth(ProcessReports reports, IOptions<PerformanceOptions> options, TimeProvider clock)
    : EndpointWithoutRequest<Results<Ok<PerformanceHealth>, JsonHttpResult<PerformanceHealth>>>
{
    public override void Configure()
    {
        Get("/api/sms/performance/health");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Texts", "Say whether texts are served as they should be")
            .Produces<PerformanceHealth>().Produces<PerformanceHealth>(503).Refuses(429));
    }

    public override async Task<Results<Ok<PerformanceHealth>, JsonHttpResult<PerformanceHealth>>> ExecuteAsync(CancellationToken ct)
    {
        var health = await JudgeAsync(ct);
        if (health.Status == PerformanceHealth.Healthy)
            return TypedResults.Ok(health);
        return TypedResults.Json(health, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<PerformanceHealth> JudgeAsync(CancellationToken ct)
    {
        var all = await TimeBoxedQuery.ReadAsync(reports.ReadAsync, clock, ct);
        return PerformanceHealth.Of(all ?? [reports.Own()], isDatabaseThere: all is not null, options.Value.MinCacheHitRate);
    }
}
