using Switchboard.Core.Deletion;
using Switchboard.Core.Media;

namespace Switchboard.Workers.Ingest.Deletion;

/// <summary>A deletion that is not completed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whom it deletes.</param>
/// <param name="Accounts">The accounts that were disconnected for it.</param>
/// <param name="Names">The addresses of these accounts, and the user's phone numbers.</param>
internal sealed record Deletion(Guid Id, Guid UserId, IReadOnlyList<Guid> Accounts, IReadOnlyList<string> Names);

/// <summary>An enrichment item and what may be kept of its files: each try keeps its own, and one that died says nothing of it.</summary>
internal sealed record ItemFiles(Guid Id, int Attempts, string? StorageKey)
{
    /// <summary>Deletes them; those that are not there are no error.</summary>
    public async Task DeleteFilesAsync(IMediaStore files, Guid userId, CancellationToken cancellationToken)
    {
        foreach (var key in MediaKey.UpTo(userId, Id, Attempts).Append(StorageKey).OfType<string>().Distinct())
            await files.DeleteAsync(key, cancellationToken);
    }
}

/// <summary>All that there is of a user, to be deleted: the rows of <c>deletions</c>, and those of the tables of every system.</summary>
internal sealed class UserDataStore(NpgsqlDataSource dataSource)
{
    private const int ChunkSize = 2_000;
    private const int ItemChunk = 100;

    private const string FindSql = "SELECT id, user_id, accounts, names FROM deletions WHERE id = $1 AND user_id IS NOT NULL";

    public Task<Deletion?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(FindSql, id).FirstAsync(
            row => new Deletion(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<Guid[]>(2), row.GetFieldValue<string[]>(3)),
            cancellationToken);

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => dataSource.OpenConnectionAsync(cancellationToken);

    private const string AddNamesSql =
        """
        UPDATE deletions SET accounts = accounts || $2, names = names || $3
        WHERE id = $1 AND user_id = $4
        """;

    /// <summary>Notes accounts as disconnected, in the transaction that does so.</summary>
    public static Task AddNamesAsync(
        NpgsqlTransaction transaction, Deletion deletion, DisconnectedAccounts accounts, CancellationToken cancellationToken) =>
        transaction.Command(AddNamesSql, deletion.Id, accounts.Ids, accounts.Addresses, deletion.UserId).RunAsync(cancellationToken);

    /// <summary>
    /// Deletes some rows of a user each, <c>$1</c>, at most <c>$2</c>. What brings in more goes first. A row that is being written is
    /// passed over: who sends locks notifications in another order, and the two would deadlock; the next pass meets it.
    /// </summary>
    public static IReadOnlyList<string> Chunks { get; } =
    [
        Rows("rules"),
        Rows("templates"),
        Rows("notify_requests"),
        Rows("notify_digests"),
        Rows("notify_deliveries"),
        // with their deliveries and attempts
        Rows("webhook_messages"),
        // with their secrets, when nothing was delivered to them any more: of one there may be millions of deliveries
        """
        DELETE FROM webhook_endpoints WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM webhook_endpoints AS e
            WHERE user_id = $1 AND NOT EXISTS (SELECT FROM webhook_deliveries AS d WHERE d.user_id = $1 AND d.endpoint_id = e.id)
            LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
        // with their attempts; the posts when nothing goes anywhere any more
        Rows("social_post_targets"),
        Rows("social_posts"),
        Rows("user_phone_numbers"),
        Rows("account_connections"),
        Rows("idempotency_keys"),
        Rows("sms_messages"),
        Rows("emails"),
        NotificationDeletion.Chunk("user_id = $1", "$2"),
        Rows("recipient_preferences"),
        Rows("topic_members"),
        Rows("recipient_addresses"),
        Rows("recipients"),
        Rows("topics"),
        Rows("notification_categories"),
        // with its history, that of an account; and schedules when no post names them any more
        Rows("social_health"),
        """
        DELETE FROM social_schedules WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM social_schedules AS s
            WHERE user_id = $1 AND NOT EXISTS (SELECT FROM social_posts AS p WHERE p.user_id = $1 AND p.schedule_id = s.id)
            LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
        Rows("social_groups"),
        Rows("warmup_protocols"),
        // when what went through them is ended
        """
        DELETE FROM social_proxies WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM social_proxies
            WHERE user_id = $1 AND NOT EXISTS (SELECT FROM social_account_endings AS e WHERE e.user_id = $1)
            LIMIT $2 FOR UPDATE SKIP LOCKED))
        """,
        Rows("event_rollups"),
    ];

    private static string Rows(string table) =>
        $"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE user_id = $1 LIMIT $2 FOR UPDATE SKIP LOCKED))";

    public Task<int> DeleteChunkAsync(string sql, Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(sql, userId, ChunkSize).RunAsync(cancellationToken);

    private const string ItemsSql = "SELECT id, attempts, storage_key FROM enrichment_items WHERE user_id = $1 ORDER BY id LIMIT $2";

    public Task<List<ItemFiles>> ItemsAsync(Guid userId, CancellationToken cancellationToken) =>
        dataSource.Command(ItemsSql, userId, ItemChunk)
            .ListAsync(row => new ItemFiles(row.GetGuid(0), row.GetInt32(1), row.Text(2)), cancellationToken);

    private const string DeleteItemsSql = "DELETE FROM enrichment_items WHERE user_id = $1 AND id = ANY ($2)";

    public Task<int> DeleteItemsAsync(Guid userId, Guid[] ids, CancellationToken cancellationToken) =>
        dataSource.Command(DeleteItemsSql, userId, ids).RunAsync(cancellationToken);

    // what is tracked, and its days, are deleted by delete-account-data
    private const string LeftSql =
        """
        SELECT EXISTS (SELECT FROM account_endings WHERE user_id = $1)
            OR EXISTS (SELECT FROM social_account_endings WHERE user_id = $1)
            OR EXISTS (SELECT FROM received_emails WHERE account_id = ANY ($2))
            OR EXISTS (SELECT FROM tracked_emails WHERE account_id = ANY ($2))
            OR EXISTS (SELECT FROM tracked_email_changes WHERE account_id = ANY ($2))
            OR EXISTS (SELECT FROM tracked_email_days WHERE account_id = ANY ($2))
        """;

    /// <summary>Whether anything is still to be done about an account of the user, or may be in a moment.</summary>
    public Task<bool> IsAccountLeftAsync(Deletion deletion, CancellationToken cancellationToken) =>
        AdvisoryLocks.IsLeftAsync(dataSource, LeftSql, cancellationToken, deletion.UserId, deletion.Accounts.ToArray());

    /// <summary>Deletes the user; false when a row of theirs was written meanwhile.</summary>
    public async Task<bool> DeleteUserAsync(Guid userId, CancellationToken cancellationToken)
    {
        try
        {
            await dataSource.Command("DELETE FROM users WHERE id = $1", userId).RunAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return false;
        }
    }

    // by ids, which nobody else's jobs hold; an address stands in those of others too, and names an account only in the key of its sync
    private const string DeleteWaitingSql =
        """
        DELETE FROM scheduled_jobs
        WHERE state <> 'recurring'
          AND (EXISTS (SELECT FROM unnest($1::text[]) AS id WHERE position(id IN payload::text) > 0)
            OR EXISTS (SELECT FROM unnest($2::text[]) AS key WHERE type = 'sync-mailbox' AND starts_with(idempotency_key, key)))
        """;

    private const string DeleteDeadSql =
        """
        DELETE FROM dead_jobs
        WHERE EXISTS (
                SELECT FROM unnest($1::text[]) AS id
                WHERE position(convert_to(id, 'UTF8') IN payload) > 0 OR position(id IN idempotency_key || errors::text) > 0)
           OR EXISTS (SELECT FROM unnest($2::text[]) AS key WHERE type = 'sync-mailbox' AND starts_with(idempotency_key, key))
        """;

    /// <summary>Deletes the jobs that name the user or an account: those that wait, and those that were given up.</summary>
    public async Task DeleteJobsAsync(Deletion deletion, CancellationToken cancellationToken)
    {
        string[] ids = [.. deletion.Accounts.Append(deletion.UserId).Select(id => id.ToString())];
        string[] syncs = [.. deletion.Names.Select(address => $"mailbox:{address}/")];
        await dataSource.Command(DeleteWaitingSql, ids, syncs).RunAsync(cancellationToken);
        await dataSource.Command(DeleteDeadSql, ids, syncs).RunAsync(cancellationToken);
    }

    private const string CompleteSql =
        "UPDATE deletions SET user_id = NULL, accounts = NULL, names = NULL, completed_at = $3 WHERE id = $1 AND user_id = $2";

    /// <summary>Nothing is left: the deletion does not name the user any more either.</summary>
    public Task CompleteAsync(Deletion deletion, DateTimeOffset now, CancellationToken cancellationToken) =>
        dataSource.Command(CompleteSql, deletion.Id, deletion.UserId, now).RunAsync(cancellationToken);
}
