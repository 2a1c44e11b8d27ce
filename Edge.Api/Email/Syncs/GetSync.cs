using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary><c>GET /api/emails/sync/{id}</c>: how far a full sync is, also while it runs.</summary>
internal sealed class GetSync(NpgsqlDataSource database) : EndpointWithoutRequest<Results<Ok<SyncDetail>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/sync/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "See how far a full sync is")
            .Produces<SyncDetail>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<SyncDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        return await SyncDetail.FindAsync(database, id, HttpContext.Caller().UserId, ct) is { } sync
            ? TypedResults.Ok(sync)
            : Problems.NotFound("sync", id);
    }
}
