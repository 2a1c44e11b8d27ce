using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary>How the jobs are doing, type by type.</summary>
internal sealed record JobStatsResponse(IReadOnlyList<JobTypeStats> Types);

/// <summary><c>GET /api/jobs/stats</c>.</summary>
internal sealed class GetJobStats(JobStats stats) : EndpointWithoutRequest<Ok<JobStatsResponse>>
{
    public override void Configure()
    {
        Get("/api/jobs/stats");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "Count jobs by type: ready, active, scheduled, done, failed, dead, how fast")
            .Produces<JobStatsResponse>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<JobStatsResponse>> ExecuteAsync(CancellationToken ct) =>
        TypedResults.Ok(new JobStatsResponse(await stats.GetAsync(ct)));
}
