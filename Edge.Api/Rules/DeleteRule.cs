namespace Switchboard.Edge.Api.Rules;

/// <summary><c>DELETE /api/rules/{id}</c>.</summary>
internal sealed class DeleteRule(NpgsqlDataSource dataSource, RuleChanges changes) : DeleteByIdEndpoint("rule")
{
    private const string Sql =
        $"""
        WITH changed AS (DELETE FROM rules WHERE user_id = $1 AND id = $2 RETURNING id), {RuleChanges.CountSql}
        SELECT count(*) FROM changed
        """;

    public override void Configure() => Delete("/api/rules/{id:guid}", Scope.Rules, "Rules", "Delete a rule");

    protected override async Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken)
    {
        if (await dataSource.Command(Sql, caller.UserId, id).ScalarAsync<long>(cancellationToken) == 0)
            return false;
        await changes.AnnounceAsync(caller.UserId, CancellationToken.None);
        return true;
    }
}
