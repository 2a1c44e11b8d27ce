using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary><c>DELETE /api/api-keys/{id}</c>: within a second no process lets it in any more, nor any key that was made by it.</summary>
internal sealed class RevokeApiKey(ApiKeyStore store, ApiKeys keys) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/api-keys/{id:guid}");
        Policies(Scope.Keys);
        Description(endpoint => endpoint.Titled("Keys", "Revoke a key, and those that were made by it")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        // one that may do more than the calling key is not there for it
        if (await store.RevokeAsync(HttpContext.Caller(), id, ct) is not { } hashes)
            return Problems.NotFound("key", id);

        foreach (var hash in hashes)
            await keys.ForgetAsync(hash, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
