using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary><c>DELETE /api/emails/sync/{id}</c>: ends a full sync before its end; what it has read stays.</summary>
internal sealed class CancelSync(NpgsqlDataSource database, TimeProvider clock)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    private const string Sql =
        """
        UPDATE mail_syncs SET state = 'cancelled', updated_at = $3, finished_at = $3
        WHERE id = $1 AND user_id = $2 AND state IN ('queued', 'running', 'paused')
        """;

    private const string StateSql = "SELECT state FROM mail_syncs WHERE id = $1 AND user_id = $2";

    public override void Configure()
    {
        Delete("/api/emails/sync/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Mail tracking", "Cancel a full sync")
            .Produces(204).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await database.Command(Sql, id, userId, clock.GetUtcNow()).RunAsync(ct) > 0)
            return TypedResults.NoContent();
        return await database.Command(StateSql, id, userId).FirstAsync(row => row.GetString(0), ct) is { } state
            ? Problems.Conflict($"The sync is {state}: there is nothing to cancel.")
            : Problems.NotFound("sync", id);
    }
}
