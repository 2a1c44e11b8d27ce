using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary><c>DELETE /api/api-keys/{id}</c>: within a second no process lets it in any more.</summary>
internal sealed class RevokeApiKey(NpgsqlDataSource dataSource, ApiKeys keys, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    private const string Sql =
        """
        UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3)
        WHERE id = $1 AND (user_id = $2 OR $4)
        RETURNING hash
        """;

    public override void Configure()
    {
        Delete("/api/api-keys/{id:guid}");
        Description(endpoint => endpoint.Titled("Keys", "Revoke a key")
            .Produces(204).Refuses(401, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var caller = HttpContext.Caller();
        var hash = await dataSource.Command(Sql, id, caller.UserId, timeProvider.GetUtcNow(), caller.IsAdmin)
            .FirstAsync(row => row.GetFieldValue<byte[]>(0), ct);
        if (hash is null)
            return Problems.NotFound("key", id);

        await keys.ForgetAsync(hash, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
