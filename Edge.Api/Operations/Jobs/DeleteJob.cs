using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Jobs;

/// <summary><c>DELETE /api/jobs/{id}</c>: a waiting job is cancelled, a dead one is removed for good.</summary>
internal sealed class DeleteJob(ScheduledJobs scheduled, DeadJobs dead) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/jobs/{id:guid}");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("Jobs", "Cancel a waiting job, or remove a dead one")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await scheduled.CancelAsync(id, ct) || await dead.DeleteAsync(id, ct)
            ? TypedResults.NoContent()
            : Problems.NotFound("waiting or dead job", id);
    }
}
