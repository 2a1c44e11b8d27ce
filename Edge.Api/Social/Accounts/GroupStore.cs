namespace Switchboard.Edge.Api.Social.Accounts;

/// <summary>A group of accounts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its user's name of it.</param>
/// <param name="ProxyId">What requests of those of its accounts go through that have no proxy of their own.</param>
/// <param name="Accounts">How many accounts it has.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
internal sealed record GroupResponse(
    Guid Id, string Name, Guid? ProxyId, long Accounts, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>Groups and their members. Each statement names the user.</summary>
internal sealed class GroupStore(NpgsqlDataSource dataSource)
{
    // by the primary key of members alone: that they are the user's too is known (a foreign key), and would have the planner look through
    // all memberships of the user for each group
    internal const string Columns =
        """
        t.id, t.name, t.proxy_id, (SELECT count(*) FROM social_group_members AS m WHERE m.group_id = t.id), t.created_at, t.updated_at
        """;

    /// <summary>The groups themselves.</summary>
    public OwnedRows<GroupResponse> Rows { get; } = new(
        dataSource, "social_groups", Columns,
        row => new(
            row.GetGuid(0), row.GetString(1), row.Nullable<Guid>(2), row.GetInt64(3), row.GetFieldValue<DateTimeOffset>(4),
            row.GetFieldValue<DateTimeOffset>(5)));

    private const string InsertSql =
        """
        INSERT INTO social_groups (id, user_id, name, proxy_id, created_at, updated_at) VALUES ($1, $2, $3, $4::uuid, $5, $5)
        ON CONFLICT (user_id, name) DO NOTHING
        """;

    /// <summary>Makes one; false when the user has one of that name.</summary>
    public static async Task<bool> InsertAsync(
        NpgsqlTransaction transaction, Guid userId, GroupResponse group, CancellationToken cancellationToken) =>
        await transaction.Command(InsertSql, group.Id, userId, group.Name, group.ProxyId, group.CreatedAt).RunAsync(cancellationToken) > 0;

    private const string ChangeSql =
        """
        UPDATE social_groups SET name = coalesce($3::text, name), proxy_id = CASE WHEN $4 THEN $5::uuid ELSE proxy_id END, updated_at = $6
        WHERE user_id = $1 AND id = $2
          AND NOT EXISTS (SELECT FROM social_groups AS other WHERE other.user_id = $1 AND other.name = $3 AND other.id <> $2)
        """;

    /// <summary>Changes one; false when the user has none of that id, or another of that name.</summary>
    public async Task<bool> ChangeAsync(
        Guid userId, Guid id, string? name, bool saysProxy, Guid? proxyId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await dataSource.Command(ChangeSql, userId, id, name, saysProxy, proxyId, now).RunAsync(cancellationToken) > 0;

    private const string DeleteSql = "DELETE FROM social_groups WHERE user_id = $1 AND id = $2";

    /// <summary>Deletes it with its memberships; the accounts stay.</summary>
    public async Task<bool> DeleteAsync(Guid userId, Guid id, CancellationToken cancellationToken) =>
        await dataSource.Command(DeleteSql, userId, id).RunAsync(cancellationToken) > 0;

    private const string UnknownSql =
        """
        SELECT wanted.id FROM unnest($2::uuid[]) AS wanted (id)
        WHERE NOT EXISTS (SELECT FROM social_accounts AS a WHERE a.user_id = $1 AND a.id = wanted.id) LIMIT 10
        """;

    private const string AddSql =
        """
        INSERT INTO social_group_members (user_id, group_id, account_id)
        SELECT $1, $2, a.id FROM social_accounts AS a WHERE a.user_id = $1 AND a.id = ANY ($3)
        ON CONFLICT DO NOTHING
        """;

    /// <summary>Adds accounts, all of them or none.</summary>
    /// <returns>Those that are none of the user's accounts; empty when all were added.</returns>
    public static async Task<IReadOnlyList<Guid>> AddAsync(
        NpgsqlTransaction transaction, Guid userId, Guid id, Guid[] accounts, CancellationToken cancellationToken)
    {
        var unknown = await transaction.Command(UnknownSql, userId, accounts).ListAsync(row => row.GetGuid(0), cancellationToken);
        if (unknown.Count == 0)
            await transaction.Command(AddSql, userId, id, accounts).RunAsync(cancellationToken);
        return unknown;
    }

    private const string RemoveSql = "DELETE FROM social_group_members WHERE user_id = $1 AND group_id = $2 AND account_id = ANY ($3)";

    /// <summary>Takes accounts out.</summary>
    public Task RemoveAsync(Guid userId, Guid id, Guid[] accounts, CancellationToken cancellationToken) =>
        dataSource.Command(RemoveSql, userId, id, accounts).RunAsync(cancellationToken);

    private const string LockSql = "SELECT id FROM social_groups WHERE user_id = $1 AND id = $2 FOR SHARE";

    /// <summary>Whether the user has it; it stays so until the end of the transaction.</summary>
    public static async Task<bool> ShareAsync(NpgsqlTransaction transaction, Guid userId, Guid id, CancellationToken cancellationToken) =>
        (await transaction.Command(LockSql, userId, id).ListAsync(row => row.GetGuid(0), cancellationToken)).Count > 0;
}
