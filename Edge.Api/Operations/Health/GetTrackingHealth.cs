using Microsoft.Extensions.Options;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.FeatureFlags;
using Switchboard.ServiceDefaults.Health;

namespace Switchboard.Edge.Api.Operations.Health;

/// <summary>
/// <c>GET /api/health/performance</c>, and the same at <c>/health/performance</c>: 200 or 503, for monitoring, so
/// without a key and soon; by which metrics is for operators and keys with the scope <c>jobs</c>. Nothing is judged while
/// <c>ENABLE_PERFORMANCE_MONITORING</c> is off.
/// </summary>
internal sealed class GetTrackingHealth(ReadHealth read, FeatureRollout rollout, IOptions<TrackingHealthOptions> options)
    : EndpointWithoutRequest<Results<Ok<TrackingHealth>, JsonHttpResult<TrackingHealth>>>
{
    public override void Configure()
    {
        Get("/api/health/performance", "/health/performance");
        AllowAnonymous();
        Description(endpoint => endpoint.Titled("Health", "Health of mail tracking, with the metrics behind it")
            .Produces<TrackingHealth>().Produces<TrackingHealth>(503).Refuses(429));
    }

    /// <summary>All that is judged.</summary>
    public async Task<TrackingHealth> JudgeAsync(CancellationToken cancellationToken) =>
        await rollout.IsOnAsync(Feature.PerformanceMonitoring, accountId: null)
            ? TrackingHealth.Of(await read.AllAsync(cancellationToken), options.Value)
            : TrackingHealth.Off(await read.IsDatabaseThereAsync(cancellationToken));

    public override async Task<Results<Ok<TrackingHealth>, JsonHttpResult<TrackingHealth>>> ExecuteAsync(CancellationToken ct)
    {
        var health = await JudgeAsync(ct);
        if (!HttpContext.MaySeeDetails())
            health = health with { Checks = [], Queries = [], Waiting = [] };
        return StatusOf(health) == StatusCodes.Status200OK ? TypedResults.Ok(health) : TypedResults.Json(health, statusCode: StatusOf(health));
    }

    /// <summary>With what it is answered.</summary>
    public static int StatusOf(TrackingHealth health) =>
        health.Status == TrackingHealth.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
}

internal static class HealthExtensions
{
    /// <summary>The edge measures its queries, and judges by the metrics of all processes.</summary>
    public static IServiceCollection AddTrackingHealth(this IServiceCollection services)
    {
        services.AddOptions<TrackingHealthOptions>()
            .BindConfiguration(TrackingHealthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddQueryMonitor().AddSingleton<ReadHealth>();
    }

    /// <summary>Whether the caller may see by what health is judged.</summary>
    public static bool MaySeeDetails(this HttpContext context) =>
        context.Features.Get<Caller>()?.Has(Scope.Jobs) is true || context.IsForOperators();
}
