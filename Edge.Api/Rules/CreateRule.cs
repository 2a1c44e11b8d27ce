using Switchboard.Core.Rules;

namespace Switchboard.Edge.Api.Rules;

/// <summary><c>POST /api/rules</c>.</summary>
internal sealed class CreateRule(CreatingTransactions transactions, RuleQuota quota, RuleChanges changes, TimeProvider timeProvider)
    : Endpoint<RuleRequest, Results<Created<RuleResponse>, ProblemHttpResult>>
{
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
        Description(endpoint => endpoint.Titled("Rules", "Create a rule").WithDescription(RuleOptions.Promise)
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
        var now = timeProvider.GetUtcNow();
        var rule = request.ToRule(Guid.CreateVersion7(now), now.ToStorable());
        if (await quota.RefusalAsync(tx, userId, rule, ct) is { } refusal)
            return Creation<RuleResponse>.Refused(refusal);

        await tx.Command(
            InsertSql, userId, rule.Id, rule.Name, RuleResponse.NameOf(rule.Type), RuleJson.Write(rule.Sender),
            RuleJson.Write(rule.Content),
            rule.Priority, rule.Active, rule.Continue, rule.Template, rule.Channel, rule.Recipient, rule.CreatedAt).RunAsync(ct);
        return Creation<RuleResponse>.Made(rule);
    }
}
