using Switchboard.Core.Social.Accounts;

namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>A warm-up protocol.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its user's name of it; new accounts follow the one named <c>default</c>.</param>
/// <param name="Steps">For so many days so many posts a day, then the next step.</param>
/// <param name="Accounts">How many accounts have followed it, or do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
internal sealed record WarmupProtocolResponse(
    Guid Id, string Name, IReadOnlyList<WarmupStep> Steps, long Accounts, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Warm-up protocols, in <c>warmup_protocols</c>. Each statement names the user.</summary>
internal sealed class WarmupStore(NpgsqlDataSource dataSource)
{
    /// <summary>The protocols themselves.</summary>
    public OwnedRows<WarmupProtocolResponse> Rows { get; } = new(
        dataSource, "warmup_protocols",
        """
        t.id, t.name, t.steps::text,
        (SELECT count(*) FROM social_accounts AS a WHERE a.user_id = t.user_id AND a.warmup_protocol_id = t.id), t.created_at, t.updated_at
        """,
        row => new(
            row.GetGuid(0), row.GetString(1), WarmupPlan.Read(row.GetString(2)), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4),
            row.GetFieldValue<DateTimeOffset>(5)));

    private const string InsertSql =
        """
        INSERT INTO warmup_protocols (id, user_id, name, steps, created_at, updated_at) VALUES ($1, $2, $3, $4::jsonb, $5, $5)
        ON CONFLICT (user_id, name) DO NOTHING
        """;

    /// <summary>Makes one; false when the user has one of that name.</summary>
    public static async Task<bool> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, WarmupProtocolResponse protocol, CancellationToken cancellationToken) =>
        await transaction.Command(InsertSql, protocol.Id, userId, protocol.Name, WarmupPlan.Write(protocol.Steps), protocol.CreatedAt)
            .RunAsync(cancellationToken) > 0;

    private const string ChangeSql =
        """
        UPDATE warmup_protocols SET name = coalesce($3::text, name), steps = coalesce($4::jsonb, steps), updated_at = $5
        WHERE user_id = $1 AND id = $2
          AND NOT EXISTS (SELECT FROM warmup_protocols AS other WHERE other.user_id = $1 AND other.name = $3 AND other.id <> $2)
        """;

    // those that are through it have ended
    private const string MoveEndsSql =
        """
        UPDATE social_accounts SET warmup_ends_at = warmup_started_at + make_interval(days => $3), updated_at = $4
        WHERE user_id = $1 AND warmup_protocol_id = $2 AND warmup_ends_at > $4
        """;

    /// <summary>Changes one, and when the accounts that follow it are through; false when the user has another of that name.</summary>
    public static async Task<bool> ChangeAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, string? name, IReadOnlyList<WarmupStep>? steps, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (await transaction.Command(ChangeSql, userId, id, name, steps is null ? null : WarmupPlan.Write(steps), now)
            .RunAsync(cancellationToken) == 0)
            return false;
        if (steps is not null)
            await transaction.Command(MoveEndsSql, userId, id, steps.Sum(step => step.Days), now).RunAsync(cancellationToken);
        return true;
    }

    private const string FollowingSql =
        "SELECT count(*) FROM social_accounts WHERE user_id = $1 AND warmup_protocol_id = $2 AND warmup_ends_at > $3";

    private const string ForgetSql =
        """
        UPDATE social_accounts SET warmup_protocol_id = NULL, updated_at = $3 WHERE user_id = $1 AND warmup_protocol_id = $2
        """;

    private const string DeleteSql = "DELETE FROM warmup_protocols WHERE user_id = $1 AND id = $2";

    /// <summary>Deletes one that no account follows any more; answers how many do, or null when the user has none of that id.</summary>
    public async Task<long?> DeleteAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await Rows.LockAsync(transaction, userId, id, cancellationToken) is null)
            return null;
        var following = await transaction.Command(FollowingSql, userId, id, now).ScalarAsync<long>(cancellationToken);
        if (following > 0)
            return following;
        await transaction.Command(ForgetSql, userId, id, now).RunAsync(cancellationToken);
        await transaction.Command(DeleteSql, userId, id).RunAsync(cancellationToken);
        return 0;
    }
}
