namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>An account of Gmail, and how far it is read.</summary>
/// <param name="Account">The account; mail from before it was connected is not looked at.</param>
/// <param name="HistoryId">Everything up to here is safe; null before the first sync.</param>
/// <param name="WatchExpiresAt">Until when Gmail tells of new mail; null if it never did.</param>
/// <param name="SyncedAt">When it was read to its end last; null if it never was.</param>
internal sealed record GmailAccount(
    MailAccount Account, ulong? HistoryId, DateTimeOffset? WatchExpiresAt, DateTimeOffset? SyncedAt = null);

/// <summary>The accounts of Gmail in <c>mailboxes</c>.</summary>
internal sealed class GmailMailboxStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const string SelectSql = $"SELECT {MailAccountStore.Columns}, m.history_id, m.watch_expires_at, m.synced_at FROM mailboxes AS m";

    /// <summary>The account of an address; null when there is none.</summary>
    public Task<GmailAccount?> FindAsync(string address, CancellationToken cancellationToken) =>
        dataSource.Command($"{SelectSql} WHERE m.provider = 'gmail' AND lower(m.address) = lower($1)", address)
            .FirstAsync(Read, cancellationToken);

    /// <summary>An active account; null when there is none of that id.</summary>
    public Task<GmailAccount?> FindActiveAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command($"{SelectSql} WHERE m.id = $1 AND m.status = 'active'", id).FirstAsync(Read, cancellationToken);

    /// <summary>
    /// Notes that everything up to a history id is safe, if the account is still where the reader found it: two that read at once
    /// never move it back.
    /// </summary>
    /// <returns>False if somebody else has moved it meanwhile.</returns>
    public async Task<bool> AdvanceAsync(GmailAccount from, ulong historyId, bool isEnd, CancellationToken cancellationToken) =>
        await dataSource.Command(
            """
            UPDATE mailboxes SET history_id = $3, synced_at = coalesce($4, synced_at) WHERE id = $1 AND history_id IS NOT DISTINCT FROM $2
            """,
            from.Account.Id, (long?)from.HistoryId, (long)historyId, isEnd ? timeProvider.GetUtcNow() : (DateTimeOffset?)null)
            .RunAsync(cancellationToken) == 1;

    /// <summary>Notes until when an account is watched.</summary>
    public Task WatchedAsync(Guid id, DateTimeOffset until, CancellationToken cancellationToken) =>
        dataSource.Command("UPDATE mailboxes SET watch_expires_at = $2 WHERE id = $1", id, until).RunAsync(cancellationToken);

    /// <summary>The addresses of active accounts that were not synced since a time, in their order, after one.</summary>
    public Task<List<string>> NotSyncedSinceAsync(DateTimeOffset since, string after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(
            """
            SELECT address FROM mailboxes
            WHERE provider = 'gmail' AND status = 'active' AND (synced_at IS NULL OR synced_at < $1) AND lower(address) > lower($2)
            ORDER BY lower(address)
            LIMIT $3
            """,
            since, after, limit).ListAsync(row => row.GetString(0), cancellationToken);

    /// <summary>Active accounts whose watch ends before a time or that have none, in the order of their ids, after one.</summary>
    public Task<List<GmailAccount>> WatchedNoLongerThanAsync(
        DateTimeOffset until, Guid after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(
            $"""
            {SelectSql}
            WHERE m.provider = 'gmail' AND m.status = 'active' AND (m.watch_expires_at IS NULL OR m.watch_expires_at < $1) AND m.id > $2
            ORDER BY m.id
            LIMIT $3
            """,
            until, after, limit).ListAsync(Read, cancellationToken);

    private static GmailAccount Read(NpgsqlDataReader row) => new(
        MailAccountStore.Read(row),
        (ulong?)row.Nullable<long>(MailAccountStore.ColumnCount),
        row.Nullable<DateTimeOffset>(MailAccountStore.ColumnCount + 1),
        row.Nullable<DateTimeOffset>(MailAccountStore.ColumnCount + 2));
}
