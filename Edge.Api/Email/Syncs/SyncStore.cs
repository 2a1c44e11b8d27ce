namespace Switchboard.Edge.Api.Email.Syncs;

/// <summary>Full syncs, in <c>mail_syncs</c>, as users see and change them; Workers.Ingest runs them. Each statement names the
/// user.</summary>
internal sealed class SyncStore(NpgsqlDataSource dataSource)
{
    private const int MaxFailures = 100;

    private const string FindSql = $"SELECT {SyncResponse.Columns} FROM mail_syncs WHERE id = $1 AND user_id = $2";

    public async Task<SyncDetail?> FindAsync(Guid id, Guid userId, CancellationToken cancellationToken)
    {
        if (await dataSource.Command(FindSql, id, userId).FirstAsync(SyncResponse.Read, cancellationToken) is not { } sync)
            return null;
        return new(sync, sync.Errors == 0 ? [] : await ListFailuresAsync(id, userId, cancellationToken));
    }

    private const string FailuresSql =
        """
        SELECT e.message_id, e.error
        FROM mail_sync_errors AS e
        JOIN mail_syncs AS s ON s.id = e.sync_id
        WHERE e.sync_id = $1 AND s.user_id = $2
        ORDER BY e.at, e.message_id
        LIMIT $3
        """;

    /// <summary>The first mails that it could not read.</summary>
    public Task<List<SyncFailure>> ListFailuresAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(FailuresSql, id, userId, MaxFailures)
            .ListAsync(row => new SyncFailure(row.GetString(0), row.GetString(1)), cancellationToken);

    // idx_mail_syncs_user
    private const string ListSql =
        $"""
        SELECT {SyncResponse.Columns}
        FROM mail_syncs
        WHERE user_id = $1 AND ($2::uuid IS NULL OR id < $2)
        ORDER BY id DESC
        LIMIT $3
        """;

    /// <summary>The user's, newest first, after one of them.</summary>
    public Task<List<SyncResponse>> ListAsync(Guid userId, Guid? after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, after, limit).ListAsync(SyncResponse.Read, cancellationToken);

    // idx_mail_syncs_unfinished: of two at once the second waits here for the first
    private const string InsertSql =
        $"""
        INSERT INTO mail_syncs (id, account_id, user_id, since, batch_size, state, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, 'queued', $6, $6)
        ON CONFLICT (account_id) WHERE state IN ('queued', 'running', 'paused') DO NOTHING
        RETURNING {SyncResponse.Columns}
        """;

    /// <summary>Writes a sync of an account of the user; null when the account has an unfinished one.</summary>
    public static Task<SyncResponse?> InsertAsync(
        NpgsqlTransaction transaction, Guid accountId, Guid userId, DateTimeOffset? since, int batchSize, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        transaction.Command(InsertSql, Guid.CreateVersion7(now), accountId, userId, since, batchSize, now)
            .FirstAsync(SyncResponse.Read, cancellationToken);

    private const string UnfinishedSql =
        $"""
        SELECT {SyncResponse.Columns}
        FROM mail_syncs
        WHERE account_id = $1 AND user_id = $2 AND state IN ('queued', 'running', 'paused')
        """;

    public static Task<SyncResponse?> FindUnfinishedAsync(
        NpgsqlTransaction transaction, Guid accountId, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(UnfinishedSql, accountId, userId).FirstAsync(SyncResponse.Read, cancellationToken);

    private const string PauseSql =
        """
        UPDATE mail_syncs SET state = 'paused', updated_at = $3
        WHERE account_id = $1 AND user_id = $2 AND state IN ('queued', 'running')
        """;

    /// <summary>Pauses the unfinished sync of an account, if there is one.</summary>
    public static Task<int> PauseAsync(
        NpgsqlTransaction transaction, Guid accountId, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.Command(PauseSql, accountId, userId, now).RunAsync(cancellationToken);

    private const string CancelSql =
        """
        UPDATE mail_syncs SET state = 'cancelled', updated_at = $3, finished_at = $3
        WHERE id = $1 AND user_id = $2 AND state IN ('queued', 'running', 'paused')
        """;

    /// <summary>Whether there was an unfinished one, which is cancelled now.</summary>
    public async Task<bool> CancelAsync(Guid id, Guid userId, DateTimeOffset now, CancellationToken cancellationToken) =>
        await dataSource.Command(CancelSql, id, userId, now).RunAsync(cancellationToken) > 0;

    private const string StateSql = "SELECT state FROM mail_syncs WHERE id = $1 AND user_id = $2";

    public Task<string?> FindStateAsync(Guid id, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(StateSql, id, userId).FirstAsync(row => row.GetString(0), cancellationToken);
}
