using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary><c>GET /api/rules/{id}</c>.</summary>
internal sealed class GetRule(NpgsqlDataSource database)
    : EndpointWithoutRequest<Results<Ok<RuleResponse>, ProblemHttpResult>>
{
    private const string Sql = $"SELECT {RuleResponse.Columns} FROM rules WHERE id = $1 AND user_id = $2";

    public override void Configure()
    {
        Get("/api/rules/{id:guid}");
        Policies(Scope.Rules);
        Description(endpoint => endpoint.Titled("Rules", "Read a rule")
            .Produces<RuleResponse>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<RuleResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var rule = await database.Command(Sql, id, HttpContext.Caller().UserId).FirstAsync(RuleResponse.Read, ct);
        return rule is null ? Problems.NotFound("rule", id) : TypedResults.Ok(rule);
    }
}
