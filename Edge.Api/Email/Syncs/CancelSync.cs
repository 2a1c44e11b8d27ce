namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary><c>DELETE /api/emails/sync/{id}</c>: cancels a full sync; what it has read stays.</summary>
internal sealed class CancelSync(SyncStore store, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/emails/sync/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "Cancel a full sync")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await store.CancelAsync(id, userId, timeProvider.GetUtcNow(), cancellationToken))
            return TypedResults.NoContent();
        return await store.FindStateAsync(id, userId, cancellationToken) is { } state
            ? Problems.Conflict($"The sync is {state}: there is nothing to cancel.")
            : Problems.NotFound("sync", id);
    }
}
