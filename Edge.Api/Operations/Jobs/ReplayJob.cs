using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary><c>POST /api/jobs/{id}/replay</c>: runs a dead job again, with attempts as at first.</summary>
internal sealed class ReplayJob(DeadJobs jobs) : EndpointWithoutRequest<Results<Accepted<ReplayResult>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Post("/api/jobs/{id:guid}/replay");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "Run a dead job again")
            .Produces<ReplayResult>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<ReplayResult>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await jobs.ReplayAsync(id, ct) switch
        {
            null => Problems.NotFound("dead job", id),
            { NotReplayable: > 0 } => Problems.Conflict("Its body is not JSON, so no handler could ever take it. Delete it."),
            { } result => TypedResults.Accepted((string?)null, result),
        };
    }
}
