using Switchboard.Core.Email;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// Accounts, in <c>mailboxes</c>. Each statement names the user, also those of a transaction that has looked for the account before:
/// none reads or changes what is another's, by any caller.
/// </summary>
internal sealed class AccountStore(NpgsqlDataSource dataSource)
{
    private const string FindSql =
        $"SELECT {AccountResponse.Columns} FROM {AccountResponse.Tables} WHERE m.id = $1 AND m.user_id = $2";

    public Task<AccountResponse?> FindAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id, userId).FirstAsync(AccountResponse.Read, cancellationToken);

    /// <summary>Finds an account as the transaction left it.</summary>
    public static Task<AccountResponse?> FindAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(FindSql, id, userId).FirstAsync(AccountResponse.Read, cancellationToken);

    private const string ListSql =
        $"""
        SELECT {AccountResponse.Columns}
        FROM {AccountResponse.Tables}
        WHERE m.user_id = $1 AND ($2::text IS NULL OR m.provider = $2) AND ($3::uuid IS NULL OR m.id < $3)
        ORDER BY m.id DESC
        LIMIT $4
        """;

    /// <summary>Those of a provider, or of every one, newest first, after one of them.</summary>
    public Task<List<AccountResponse>> ListAsync(
        Guid userId, string? provider, Guid? after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, provider, after, limit).ListAsync(AccountResponse.Read, cancellationToken);

    private const string IdsSql = "SELECT id FROM mailboxes WHERE user_id = $1 ORDER BY id";

    public async Task<Guid[]> ListIdsAsync(Guid userId, CancellationToken cancellationToken) =>
        [.. await dataSource.Command(IdsSql, userId).ListAsync(row => row.GetGuid(0), cancellationToken)];

    private const string OwnedSql = "SELECT id, data_version FROM mailboxes WHERE id = ANY ($1) AND user_id = $2 ORDER BY id";

    /// <summary>Those of these accounts that are there and the user's.</summary>
    public async Task<OwnedAccounts> FindOwnedAsync(Guid userId, Guid[] ids, CancellationToken cancellationToken)
    {
        if (ids.Length == 0)
            return new(userId, [], []);
        var found = await dataSource.Command(OwnedSql, ids, userId)
            .ListAsync(row => (Id: row.GetGuid(0), Version: row.GetInt64(1)), cancellationToken);
        return new(userId, [.. found.Select(one => one.Id)], [.. found.Select(one => one.Version)]);
    }

    private const string ShareSql = "SELECT status, tracking IS NOT NULL FROM mailboxes WHERE id = $1 AND user_id = $2 FOR SHARE";

    /// <summary>Its state, which stays so until the end of the transaction.</summary>
    public static Task<AccountState?> ShareAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(ShareSql, id, userId)
            .FirstAsync(row => new AccountState(row.GetString(0), row.GetBoolean(1)), cancellationToken);

    private const string LockSql = "SELECT provider, address, status FROM mailboxes WHERE id = $1 AND user_id = $2 FOR UPDATE";

    public static Task<LockedAccount?> LockAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(LockSql, id, userId)
            .FirstAsync(row => new LockedAccount(id, row.GetString(0), row.GetString(1), row.GetString(2)), cancellationToken);

    private const string ChangeSql =
        """
        UPDATE mailboxes
        SET status = coalesce($2, status),
            tracking = CASE WHEN $3 THEN $4::jsonb ELSE tracking END,
            tracking_since = CASE WHEN NOT $3 THEN tracking_since WHEN $4::text IS NOT NULL THEN coalesce(tracking_since, $5) END
        WHERE id = $1 AND user_id = $6
        """;

    /// <summary>Changes its status, unless that is null, and its tracking, if the request says anything about it.</summary>
    public static Task<int> ChangeAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, string? status, bool saysTracking, string? tracking, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(ChangeSql, id, status, saysTracking, tracking, now, userId).RunAsync(cancellationToken);

    // what was tracked before goes on to be, unless something was said about it; a watch was of the grant before;
    // the grant itself follows, since it is bound to the row's id
    private const string ConnectSql =
        """
        INSERT INTO mailboxes AS m (id, user_id, provider, address, refresh_token, status, tracking, tracking_since, created_at)
        VALUES ($1, $2, $3, $4, '', 'active', coalesce($5::jsonb, $6::jsonb),
                CASE WHEN coalesce($5::jsonb, $6::jsonb) IS NOT NULL THEN $7::timestamptz END, $7)
        ON CONFLICT (provider, lower(address)) DO UPDATE
        SET status = 'active', status_reason = NULL, watch_expires_at = NULL,
            tracking = coalesce($5::jsonb, m.tracking),
            tracking_since = CASE WHEN coalesce($5::jsonb, m.tracking) IS NOT NULL THEN coalesce(m.tracking_since, $7) END
        WHERE m.user_id = excluded.user_id
        RETURNING m.id
        """;

    /// <summary>Writes a mailbox, or finds that of the user, without its grant (<see cref="SetTokenAsync"/>); null when it is
    /// another's.</summary>
    public static async Task<AccountResponse?> ConnectAsync(
        NpgsqlTransaction transaction, AuthorizedMailbox mailbox, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var written = await transaction.Command(
            ConnectSql, Guid.CreateVersion7(now), mailbox.UserId, mailbox.Provider.Name, mailbox.Address, mailbox.Tracking,
            mailbox.DefaultTracking, now).ListAsync(row => row.GetGuid(0), cancellationToken);
        if (written is not [var id])
            return null;
        if (mailbox.Provider.Name == MailProviders.Microsoft)
            await FollowAsync(transaction, id, mailbox.UserId, cancellationToken);
        return await FindAsync(transaction, id, mailbox.UserId, cancellationToken);
    }

    private const string SetTokenSql = "UPDATE mailboxes SET refresh_token = $3 WHERE id = $1 AND user_id = $2";

    /// <summary>Keeps the grant of a mailbox, in the transaction that wrote it: what it is encrypted with is bound to the row's
    /// id.</summary>
    public static Task SetTokenAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, byte[] refreshToken, CancellationToken cancellationToken) =>
        transaction.Command(SetTokenSql, id, userId, refreshToken).RunAsync(cancellationToken);

    private const string FollowSql =
        "INSERT INTO graph_mailboxes (mailbox_id) SELECT id FROM mailboxes WHERE id = $1 AND user_id = $2 ON CONFLICT DO NOTHING";

    /// <summary>From now on its changes are read; as before where they already are.</summary>
    public static Task<int> FollowAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(FollowSql, id, userId).RunAsync(cancellationToken);
}
