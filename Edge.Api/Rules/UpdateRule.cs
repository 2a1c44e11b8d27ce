using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary><c>PUT /api/rules/{id}</c>: replaces the whole rule.</summary>
internal sealed class UpdateRule(NpgsqlDataSource dataSource, RuleQuota quota, RuleChanges changes, TimeProvider timeProvider)
    : Endpoint<RuleRequest, Results<Ok<RuleResponse>, ProblemHttpResult>>
{
    private const string Sql =
        $"""
        WITH changed AS (
            UPDATE rules
            SET name = $3, type = $4, sender_rules = $5::jsonb, content_rules = $6::jsonb, priority = $7, active = $8, continue = $9,
                template = $10, channel = $11, recipient = $12, updated_at = $13
            WHERE user_id = $1 AND id = $2
            RETURNING {RuleResponse.Columns}
        ), {RuleChanges.CountSql}
        SELECT {RuleResponse.Columns} FROM changed
        """;

    public override void Configure()
    {
        Put("/api/rules/{id:guid}");
        Policies(Scope.Rules);
        Description(endpoint => endpoint.Titled("Rules", "Change a rule").WithDescription(RuleOptions.Promise)
            .Produces<RuleResponse>().Refuses(400, 401, 403, 404, 409, 413, 415, 429, 503));
    }

    public override async Task<Results<Ok<RuleResponse>, ProblemHttpResult>> ExecuteAsync(RuleRequest request, CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        var rule = request.ToRule(id, timeProvider.GetUtcNow());
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var changed = await transaction.Command(
            Sql, userId, id, rule.Name, RuleResponse.NameOf(rule.Type), RuleJson.Write(rule.Sender), RuleJson.Write(rule.Content),
            rule.Priority, rule.Active, rule.Continue, rule.Template, rule.Channel, rule.Recipient, rule.UpdatedAt)
            .FirstAsync(RuleResponse.Read, ct);
        if (changed is null)
            return Problems.NotFound("rule", id);
        if (await quota.RefusalAsync(transaction, userId, rule, ct) is { } refusal)
            return refusal;

        await transaction.CommitAsync(ct);
        await changes.AnnounceAsync(userId, CancellationToken.None);
        return TypedResults.Ok(changed);
    }
}
