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
    private const string Columns =
        """
        w.id, w.name, w.steps::text, (SELECT count(*) FROM social_accounts AS a WHERE a.user_id = w.user_id AND a.warmup_protocol_id = w.id),
        w.created_at, w.updated_at
        """;

    private const string FindSql = $"SELECT {Columns} FROM warmup_protocols AS w WHERE w.user_id = $1 AND w.id = $2";

    public Task<WarmupProtocolResponse?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, userId, id).FirstAsync(Read, cancellationToken);

    // a user has few
    private const string ListSql =
        $"""
        SELECT {Columns} FROM warmup_protocols AS w
        WHERE w.user_id = $1 AND ($2::uuid IS NULL OR w.id < $2) ORDER BY w.id DESC OFFSET $3 LIMIT $4
        """;

    public Task<List<WarmupProtocolResponse>> ListAsync(
        Guid userId, Guid? after, int skip, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, skip, take).ListAsync(Read, cancellationToken);

    private const string CountSql = "SELECT count(*) FROM (SELECT FROM warmup_protocols WHERE user_id = $1 LIMIT $2) AS counted";

    public async Task<int> CountAsync(Guid userId, int atMost, CancellationToken cancellationToken) =>
        (int)await dataSource.Command(CountSql, userId, atMost).ScalarAsync<long>(cancellationToken);

    public static async Task<int> CountAsync(NpgsqlTransaction transaction, Guid userId, int atMost, CancellationToken cancellationToken) =>
        (int)await transaction.Command(CountSql, userId, atMost).ScalarAsync<long>(cancellationToken);

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

    private const string LockSql = "SELECT id FROM warmup_protocols WHERE user_id = $1 AND id = $2 FOR UPDATE";

    private const string FollowingSql =
        "SELECT count(*) FROM social_accounts WHERE user_id = $1 AND warmup_protocol_id = $2 AND warmup_ends_at > $3";

    private const string ForgetSql =
        """
        UPDATE social_accounts SET warmup_protocol_id = NULL, updated_at = $3 WHERE user_id = $1 AND warmup_protocol_id = $2
        """;

    private const string DeleteSql = "DELETE FROM warmup_protocols WHERE user_id = $1 AND id = $2";

    /// <summary>Deletes one that no account follows any more; answers how many do, or null when the user has none of that id.</summary>
    public static async Task<long?> DeleteAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if ((await transaction.Command(LockSql, userId, id).ListAsync(row => row.GetGuid(0), cancellationToken)).Count == 0)
            return null;
        var following = await transaction.Command(FollowingSql, userId, id, now).ScalarAsync<long>(cancellationToken);
        if (following > 0)
            return following;
        await transaction.Command(ForgetSql, userId, id, now).RunAsync(cancellationToken);
        await transaction.Command(DeleteSql, userId, id).RunAsync(cancellationToken);
        return 0;
    }

    private static WarmupProtocolResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), WarmupPlan.Read(row.GetString(2)), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4),
        row.GetFieldValue<DateTimeOffset>(5));
}
