using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Rules;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Rules;

/// <summary><c>POST /api/rules</c>.</summary>
internal sealed class CreateRule(CreatingTransactions transactions, RuleChanges changes, TimeProvider timeProvider)
    : Endpoint<RuleRequest, Results<Created<RuleResponse>, ProblemHttpResult>>
{
    private const int MaxRules = 1_000;

    // The row of the user is locked first, so that rules made at the same time count each other.
    private const string CountSql =
        """
        WITH owner AS (SELECT id FROM users WHERE id = $1 FOR UPDATE)
        SELECT count(*) FROM rules, owner WHERE user_id = owner.id
        """;

    private const string InsertSql =
        $"""
        WITH changed AS (
            INSERT INTO rules (user_id, {RuleResponse.Columns})
            VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, $10, $11, $12, $13, $13)
            RETURNING id
        ), {RuleChanges.CountSql}
        SELECT id FROM changed
        """;

    public override void Configure()
    {
        Post("/api/rules");
        Policies(Scope.Rules);
        Description(endpoint => endpoint.Titled("Rules", "Create a rule")
            .Produces<RuleResponse>(201).Refuses(400, 401, 403, 409, 413, 415, 422, 429, 503));
    }

    public override async Task<Results<Created<RuleResponse>, ProblemHttpResult>> ExecuteAsync(RuleRequest request, CancellationToken ct)
    {
        var userId = HttpContext.Caller().UserId;
        var creation = await transactions.RunAsync(HttpContext, request, tx => InsertAsync(tx, userId, request, ct), ct);
        if (creation.Refusal is { } refusal)
            return refusal;
        if (creation.IsNew)
            await changes.AnnounceAsync(userId, CancellationToken.None);
        return TypedResults.Created($"/api/rules/{creation.Answer!.Id}", creation.Answer);
    }

    private async Task<Creation<RuleResponse>> InsertAsync(NpgsqlTransaction tx, Guid userId, RuleRequest request, CancellationToken ct)
    {
        if (await tx.Command(CountSql, userId).ScalarAsync<long>(ct) >= MaxRules)
            return Creation<RuleResponse>.Refused(Problems.Conflict($"A user has at most {MaxRules} rules."));

        var now = timeProvider.GetUtcNow();
        var rule = request.ToRule(Guid.CreateVersion7(now), now.ToStorable());
        await tx.Command(
            InsertSql, userId, rule.Id, rule.Name, RuleResponse.NameOf(rule.Type), RuleJson.Write(rule.Sender),
            RuleJson.Write(rule.Content), rule.Priority, rule.Active, rule.Continue, rule.Template, rule.Channel, rule.Recipient, rule.CreatedAt).RunAsync(ct);
        return Creation<RuleResponse>.Made(rule);
    }
}
