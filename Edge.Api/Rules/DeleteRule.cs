using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary><c>DELETE /api/rules/{id}</c>.</summary>
internal sealed class DeleteRule(NpgsqlDataSource dataSource, RuleChanges changes)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    private const string Sql =
        $"""
        WITH changed AS (DELETE FROM rules WHERE user_id = $1 AND id = $2 RETURNING id), {RuleChanges.CountSql}
        SELECT count(*) FROM changed
        """;

    public override void Configure()
    {
        Delete("/api/rules/{id:guid}");
        Policies(Scope.Rules);
        Description(endpoint => endpoint.Titled("Rules", "Delete a rule")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await dataSource.Command(Sql, userId, id).ScalarAsync<long>(ct) == 0)
            return Problems.NotFound("rule", id);

        await changes.AnnounceAsync(userId, CancellationToken.None);
        return TypedResults.NoContent();
    }
}
