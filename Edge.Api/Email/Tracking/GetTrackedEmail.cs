using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Tracking;

/// <summary><c>GET /api/emails/tracked/{id}</c>: a tracked mail with its thread.</summary>
internal sealed class GetTrackedEmail(TrackedEmailStore store) : EndpointWithoutRequest<Results<Ok<TrackedEmailDetail>, ProblemHttpResult>>
{
    public override void Configure()
    {
        Get("/api/emails/tracked/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Tracked mail", "Read a tracked mail and its thread")
            .Produces<TrackedEmailDetail>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<TrackedEmailDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        return await store.FindAsync(id, HttpContext.Caller().UserId, cancellationToken) is { } mail
            ? TypedResults.Ok(mail)
            : Problems.NotFound("tracked mail", id);
    }
}
