namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>An account of Microsoft 365, and what is known of its changes.</summary>
/// <param name="Account">The account.</param>
/// <param name="InboxDelta">From where the changes of the inbox are read on; null: from when it was connected.</param>
/// <param name="SentDelta">The same of the sent items.</param>
/// <param name="SubscriptionId">What tells of changes; null for nothing.</param>
/// <param name="SubscriptionExpiresAt">Until when.</param>
/// <param name="ReadAt">When the changes were last read to their end.</param>
internal sealed record GraphAccount(
    MailAccount Account,
    string? InboxDelta,
    string? SentDelta,
    string? SubscriptionId,
    DateTimeOffset? SubscriptionExpiresAt,
    DateTimeOffset? ReadAt);

/// <summary>The rows of <c>graph_mailboxes</c>, with their accounts.</summary>
internal sealed class GraphMailboxStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const string SelectSql =
        $"""
        SELECT {MailAccountStore.Columns}, g.inbox_delta, g.sent_delta, g.subscription_id, g.subscription_expires_at, g.read_at
        FROM graph_mailboxes AS g JOIN mailboxes AS m ON m.id = g.mailbox_id
        """;

    /// <summary>An account; null when there is none of that id at Microsoft 365.</summary>
    public Task<GraphAccount?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command($"{SelectSql} WHERE g.mailbox_id = $1", id).FirstAsync(Read, cancellationToken);

    /// <summary>Whose subscriptions these are; some may be nobody's any more.</summary>
    public Task<List<GraphAccount>> OfSubscriptionsAsync(string[] subscriptions, CancellationToken cancellationToken) =>
        dataSource.Command($"{SelectSql} WHERE g.subscription_id = ANY ($1)", (object)subscriptions).ListAsync(Read, cancellationToken);

    /// <summary>Active accounts whose changes were not read to their end since a time, in the order of their ids, after one.</summary>
    public Task<List<Guid>> NotReadSinceAsync(DateTimeOffset since, Guid after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(
            """
            SELECT g.mailbox_id FROM graph_mailboxes AS g JOIN mailboxes AS m ON m.id = g.mailbox_id
            WHERE m.status = 'active' AND (g.read_at IS NULL OR g.read_at < $1) AND g.mailbox_id > $2
            ORDER BY g.mailbox_id
            LIMIT $3
            """,
            since, after, limit).ListAsync(row => row.GetGuid(0), cancellationToken);

    /// <summary>Active accounts whose subscription ends before a time or that have none, in the order of their ids, after one.</summary>
    public Task<List<GraphAccount>> SubscribedNoLongerThanAsync(
        DateTimeOffset until, Guid after, int limit, CancellationToken cancellationToken) =>
        dataSource.Command(
            $"""
            {SelectSql}
            WHERE m.status = 'active' AND (g.subscription_expires_at IS NULL OR g.subscription_expires_at < $1) AND g.mailbox_id > $2
            ORDER BY g.mailbox_id
            LIMIT $3
            """,
            until, after, limit).ListAsync(Read, cancellationToken);

    /// <summary>Notes the subscription of an account.</summary>
    public Task SubscribedAsync(Guid id, string? subscription, DateTimeOffset? expiresAt, CancellationToken cancellationToken) =>
        dataSource.Command(
            "UPDATE graph_mailboxes SET subscription_id = $2, subscription_expires_at = $3 WHERE mailbox_id = $1",
            id, subscription, expiresAt).RunAsync(cancellationToken);

    /// <summary>Moves on from where the reader found an account, if it is still there.</summary>
    /// <param name="transaction">With what goes with it.</param>
    /// <param name="from">As the reader found it.</param>
    /// <param name="inbox">From where the inbox is read on.</param>
    /// <param name="sent">From where the sent items are read on.</param>
    /// <param name="readAt">When the reading began, if it has come to its end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if somebody else has moved it meanwhile.</returns>
    public async Task<bool> MoveAsync(
        NpgsqlTransaction transaction, GraphAccount from, string? inbox, string? sent, DateTimeOffset? readAt, CancellationToken cancellationToken) =>
        await transaction.Command(
            """
            UPDATE graph_mailboxes SET inbox_delta = $4, sent_delta = $5, read_at = coalesce($6, read_at)
            WHERE mailbox_id = $1 AND inbox_delta IS NOT DISTINCT FROM $2 AND sent_delta IS NOT DISTINCT FROM $3
            """,
            from.Account.Id, from.InboxDelta, from.SentDelta, inbox, sent, readAt).RunAsync(cancellationToken) > 0;

    /// <summary>Notes for its user that an account was read to the end of its changes.</summary>
    public Task SyncedAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command("UPDATE mailboxes SET synced_at = $2 WHERE id = $1", id, timeProvider.GetUtcNow()).RunAsync(cancellationToken);

    private static GraphAccount Read(NpgsqlDataReader row) => new(
        MailAccountStore.Read(row),
        row.Text(MailAccountStore.ColumnCount),
        row.Text(MailAccountStore.ColumnCount + 1),
        row.Text(MailAccountStore.ColumnCount + 2),
        row.Nullable<DateTimeOffset>(MailAccountStore.ColumnCount + 3),
        row.Nullable<DateTimeOffset>(MailAccountStore.ColumnCount + 4));
}
