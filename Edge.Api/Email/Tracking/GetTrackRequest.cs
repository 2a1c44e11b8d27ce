using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary><c>GET /api/emails/track/{id}</c>: what came of a mail that was asked to be tracked.</summary>
internal sealed class GetTrackRequest(TrackRequestStore store) : EndpointWithoutRequest<Results<Ok<TrackResponse>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/track/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "See what came of a mail that was asked to be tracked")
            .Produces<TrackResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<TrackResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        return await store.FindAsync(id, HttpContext.Caller().UserId, cancellationToken) is { } request
            ? TypedResults.Ok(request)
            : Problems.NotFound("request", id);
    }
}
