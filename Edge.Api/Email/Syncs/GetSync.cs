using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary><c>GET /api/emails/sync/{id}</c>: the progress of a full sync.</summary>
internal sealed class GetSync(SyncStore store) : EndpointWithoutRequest<Results<Ok<SyncDetail>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/sync/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "See how far a full sync is")
            .Produces<SyncDetail>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<SyncDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        return await store.FindAsync(id, HttpContext.Caller().UserId, cancellationToken) is { } sync
            ? TypedResults.Ok(sync)
            : Problems.NotFound("sync", id);
    }
}
