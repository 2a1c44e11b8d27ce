using Npgsql;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// Accounts, in <c>mailboxes</c>. Each statement names the user, also those of a transaction that has looked for the account before:
/// none reads or changes what is another's, whoever calls it.
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
        WHERE m.user_id = $1 AND ($2::uuid IS NULL OR m.id < $2)
        ORDER BY m.id DESC
        LIMIT $3
        """;

    /// <summary>Those of every provider, newest first, after one of them.</summary>
    public Task<List<AccountResponse>> ListAsync(Guid userId, Guid? after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, limit).ListAsync(AccountResponse.Read, cancellationToken);

    private const string ListGmailSql =
        $"""
        SELECT {MailboxResponse.Columns}
        FROM mailboxes
        WHERE user_id = $1 AND provider = 'gmail' AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC
        LIMIT $3
        """;

    /// <summary>Those of Gmail, newest first, after one of them.</summary>
    public Task<List<MailboxResponse>> ListGmailAsync(Guid userId, Guid? after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(ListGmailSql, userId, after, limit).ListAsync(MailboxResponse.Read, cancellationToken);

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

    private const string ConnectGmailSql =
        $"""
        INSERT INTO mailboxes AS m (id, user_id, provider, address, refresh_token, status, created_at)
        VALUES ($1, $2, 'gmail', $3, $4, 'active', $5)
        ON CONFLICT (provider, lower(address)) DO UPDATE
        SET refresh_token = excluded.refresh_token, status = 'active', status_reason = NULL
        WHERE m.user_id = excluded.user_id
        RETURNING {MailboxResponse.Columns}
        """;

    /// <summary>Writes a mailbox of Gmail, or a new token of the user's; null when it is another's.</summary>
    public static Task<MailboxResponse?> ConnectGmailAsync(
        NpgsqlTransaction transaction, Guid userId, string address, byte[] refreshToken, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(ConnectGmailSql, Guid.CreateVersion7(now), userId, address, refreshToken, now)
            .FirstAsync(MailboxResponse.Read, cancellationToken);

    // what was tracked before goes on to be, unless something was said about it
    private const string ConnectMicrosoftSql =
        """
        INSERT INTO mailboxes AS m (id, user_id, provider, address, refresh_token, status, tracking, tracking_since, created_at)
        VALUES ($1, $2, 'microsoft', $3, $4, 'active', coalesce($5::jsonb, $6::jsonb), $7, $7)
        ON CONFLICT (provider, lower(address)) DO UPDATE
        SET refresh_token = excluded.refresh_token, status = 'active', status_reason = NULL,
            tracking = coalesce($5::jsonb, m.tracking),
            tracking_since = CASE WHEN coalesce($5::jsonb, m.tracking) IS NOT NULL THEN coalesce(m.tracking_since, $7) END
        WHERE m.user_id = excluded.user_id
        RETURNING m.id
        """;

    /// <summary>Writes a mailbox of Microsoft 365, or a new token of the user's; null when it is another's.</summary>
    public static async Task<AccountResponse?> ConnectMicrosoftAsync(
        NpgsqlTransaction transaction, Guid userId, string address, byte[] refreshToken, string? tracking, string defaultTracking,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var written = await transaction.Command(
            ConnectMicrosoftSql, Guid.CreateVersion7(now), userId, address, refreshToken, tracking, defaultTracking, now)
            .ListAsync(row => row.GetGuid(0), cancellationToken);
        if (written is not [var id])
            return null;
        await FollowAsync(transaction, id, userId, cancellationToken);
        return await FindAsync(transaction, id, userId, cancellationToken);
    }

    private const string FollowSql =
        "INSERT INTO graph_mailboxes (mailbox_id) SELECT id FROM mailboxes WHERE id = $1 AND user_id = $2 ON CONFLICT DO NOTHING";

    /// <summary>From now on its changes are read; as before where they already are.</summary>
    public static Task<int> FollowAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(FollowSql, id, userId).RunAsync(cancellationToken);
}
