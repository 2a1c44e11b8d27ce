using System.ComponentModel.DataAnnotations;

namespace Switchboard.Edge.Api.Operations.Access;

/// <summary>A key as lists show it: never the key itself.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">The user that it belongs to.</param>
/// <param name="Name">What its user called it.</param>
/// <param name="Prefix">Its first characters.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it was revoked, or the key that it was made by.</param>
/// <param name="ExpiresAt">Until when it is good; null for as long as it is not revoked.</param>
/// <param name="ParentId">The key that it was made by.</param>
internal sealed record ApiKeyResponse(
    Guid Id,
    Guid UserId,
    string Name,
    string Prefix,
    IReadOnlyList<string> Scopes,
    DateTimeOffset CreatedAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? ExpiresAt,
    Guid? ParentId);

/// <summary>How many keys there may be; section <c>Keys</c>.</summary>
internal sealed class KeyOptions
{
    public const string Section = "Keys";

    /// <summary>The most keys of one user that are good at a time.</summary>
    [Range(1, 100_000)]
    public int MaxPerUser { get; init; } = 100;
}

/// <summary>
/// The keys of users. The caller is a key itself: it sees and revokes only keys of its user whose scopes it has, all of them if it is an
/// administrator's.
/// </summary>
internal sealed class ApiKeyStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const string IsMine = "(user_id = $2 AND scopes <@ $3 OR $4)";

    private const string ListSql =
        """
        SELECT id, user_id, name, prefix, scopes, created_at, revoked_at, expires_at, parent_id
        FROM api_keys
        WHERE user_id = $1 AND (scopes <@ $2 OR $3) AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5::uuid))
        ORDER BY created_at DESC, id DESC
        LIMIT $6
        """;

    // It waits for a revocation that is under way, and a revocation waits for what is made by this key.
    private const string LockParentSql =
        """
        SELECT expires_at FROM api_keys
        WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
        FOR SHARE
        """;

    private const string LockUserSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    // a statement after the one that locks: it sees the keys for which that one waited
    private const string CountSql =
        "SELECT count(*) FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)";

    private const string InsertSql =
        """
        INSERT INTO api_keys (id, user_id, name, hash, prefix, scopes, created_at, expires_at, parent_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """;

    private const string FindSql = $"SELECT count(*) FROM api_keys WHERE id = $1 AND {IsMine}";

    private const string RevokeSql =
        """
        WITH RECURSIVE descendants AS (
            SELECT id FROM api_keys WHERE id = $1
            UNION
            SELECT child.id FROM api_keys child JOIN descendants parent ON child.parent_id = parent.id
        ), revoked AS (
            UPDATE api_keys SET revoked_at = $2
            FROM descendants
            WHERE api_keys.id = descendants.id AND api_keys.revoked_at IS NULL
            RETURNING api_keys.id
        )
        SELECT hash, EXISTS (SELECT FROM revoked WHERE revoked.id = api_keys.id) FROM api_keys JOIN descendants USING (id)
        """;

    /// <summary>The keys of a user that the caller may see, newest first.</summary>
    public Task<List<ApiKeyResponse>> ListAsync(
        Caller caller, Guid userId, Cursor? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, caller.Scopes.ToArray(), caller.IsAdmin, after?.At, after?.Id, take).ListAsync(
            row => new ApiKeyResponse(
                row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetFieldValue<string[]>(4),
                row.GetFieldValue<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7),
                row.Nullable<Guid>(8)),
            cancellationToken);

    /// <summary>The key that makes another, held until the transaction ends; null when it was revoked or ended meanwhile.</summary>
    public async Task<ParentKey?> LockParentAsync(NpgsqlTransaction transaction, Caller caller, CancellationToken cancellationToken) =>
        await transaction.Command(LockParentSql, caller.KeyId, caller.UserId, timeProvider.GetUtcNow())
            .FirstAsync(row => new ParentKey(row.Nullable<DateTimeOffset>(0)), cancellationToken);

    /// <summary>How many good keys a user has, who gets no other until the transaction ends; null when there is no such user.</summary>
    public async Task<long?> CountAsync(NpgsqlTransaction transaction, Guid userId, CancellationToken cancellationToken)
    {
        var user = await transaction.Command(LockUserSql, userId).ListAsync(row => row.GetGuid(0), cancellationToken);
        return user.Count == 0
            ? null
            : await transaction.Command(CountSql, userId, timeProvider.GetUtcNow()).ScalarAsync<long>(cancellationToken);
    }

    /// <summary>Adds a key.</summary>
    public static Task InsertAsync(
        NpgsqlTransaction transaction, CreateApiKeyResponse made, byte[] hash, CancellationToken cancellationToken) =>
        transaction.Command(
            InsertSql, made.Id, made.UserId, made.Name, hash, made.Prefix, made.Scopes.ToArray(), made.CreatedAt, made.ExpiresAt,
            made.ParentId)
            .RunAsync(cancellationToken);

    /// <summary>Whether the caller sees a key of this id.</summary>
    public async Task<bool> IsSeenAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        await dataSource.Command(FindSql, id, caller.UserId, caller.Scopes.ToArray(), caller.IsAdmin).ScalarAsync<long>(cancellationToken) > 0;

    /// <summary>
    /// Revokes a key and all that were made by it, by those, and so on. It has to be asked until none of them is new: what was being made
    /// by one of them was committed while this waited for it.
    /// </summary>
    /// <returns>The hashes of all, those that were revoked before too: who did that may have ended before anybody was told.</returns>
    public Task<List<(byte[] Hash, bool IsNew)>> RevokeAsync(Guid id) =>
        dataSource.Command(RevokeSql, id, timeProvider.GetUtcNow())
            .ListAsync(row => (row.GetFieldValue<byte[]>(0), row.GetBoolean(1)), CancellationToken.None);
}

/// <summary>A key that makes another.</summary>
/// <param name="ExpiresAt">Until when it is good; what it makes is not good for longer.</param>
internal sealed record ParentKey(DateTimeOffset? ExpiresAt);
