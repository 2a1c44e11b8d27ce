using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary><c>GET /api/rules/{id}</c>.</summary>
internal sealed class GetRule(NpgsqlDataSource dataSource)
    : GetByIdEndpoint<RuleResponse>("rule")
{
    private const string Sql = $"SELECT {RuleResponse.Columns} FROM rules WHERE id = $1 AND user_id = $2";

    public override void Configure() => Read("/api/rules/{id:guid}", Scope.Rules, "Rules", "Read a rule");

    protected override Task<RuleResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(Sql, id, userId).FirstAsync(RuleResponse.Read, cancellationToken);
}
