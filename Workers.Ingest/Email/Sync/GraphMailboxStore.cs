using Npgsql;

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

    private const string MoveSql =
        """
        UPDATE graph_mailboxes SET inbox_delta = $4, sent_delta = $5, read_at = coalesce($6, read_at)
        WHERE mailbox_id = $1 AND inbox_delta IS NOT DISTINCT FROM $2 AND sent_delta IS NOT DISTINCT FROM $3
        """;

    /// <summary>An account; null when there is none of that id at Microsoft 365.</summary>
    public async Task<GraphAccount?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{SelectSql} WHERE g.mailbox_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        return await ReadAsync(command, cancellationToken) is [var account] ? account : null;
    }

    /// <summary>Whose subscriptions these are; some may be nobody's any more.</summary>
    public async Task<IReadOnlyList<GraphAccount>> OfSubscriptionsAsync(string[] subscriptions, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"{SelectSql} WHERE g.subscription_id = ANY ($1)");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = subscriptions });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Active accounts whose changes were not read to their end since a time, in the order of their ids, after one.</summary>
    public async Task<IReadOnlyList<Guid>> NotReadSinceAsync(
        DateTimeOffset since, Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT g.mailbox_id FROM graph_mailboxes AS g JOIN mailboxes AS m ON m.id = g.mailbox_id
            WHERE m.status = 'active' AND (g.read_at IS NULL OR g.read_at < $1) AND g.mailbox_id > $2
            ORDER BY g.mailbox_id
            LIMIT $3
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            accounts.Add(reader.GetGuid(0));
        return accounts;
    }

    /// <summary>Active accounts whose subscription ends before a time or that have none, in the order of their ids, after one.</summary>
    public async Task<IReadOnlyList<GraphAccount>> SubscribedNoLongerThanAsync(
        DateTimeOffset until, Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            {SelectSql}
            WHERE m.status = 'active' AND (g.subscription_expires_at IS NULL OR g.subscription_expires_at < $1) AND g.mailbox_id > $2
            ORDER BY g.mailbox_id
            LIMIT $3
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadAsync(command, cancellationToken);
    }

    /// <summary>Notes the subscription of an account.</summary>
    public async Task SubscribedAsync(Guid id, string? subscription, DateTimeOffset? expiresAt, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "UPDATE graph_mailboxes SET subscription_id = $2, subscription_expires_at = $3 WHERE mailbox_id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = subscription });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = expiresAt?.ToUniversalTime() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Moves on from where the reader found an account, if it is still there.</summary>
    /// <param name="from">As the reader found it.</param>
    /// <param name="inbox">From where the inbox is read on.</param>
    /// <param name="sent">From where the sent items are read on.</param>
    /// <param name="readAt">When the reading began, if it has come to its end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False if somebody else has moved it meanwhile.</returns>
    public async Task<bool> MoveAsync(
        GraphAccount from, string? inbox, string? sent, DateTimeOffset? readAt, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(MoveSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = from.Account.Id });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = from.InboxDelta });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = from.SentDelta });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = inbox });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = sent });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset?> { TypedValue = readAt });
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
            return false;
        if (readAt is not null)
            await SyncedAsync(from.Account.Id, cancellationToken);
        return true;
    }

    private async Task SyncedAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("UPDATE mailboxes SET synced_at = $2 WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = timeProvider.GetUtcNow() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<IReadOnlyList<GraphAccount>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<GraphAccount>();
        while (await reader.ReadAsync(cancellationToken))
            accounts.Add(Read(reader));
        return accounts;
    }

    private static GraphAccount Read(NpgsqlDataReader row) => new(
        MailAccountStore.Read(row), Text(row, 0), Text(row, 1), Text(row, 2), Time(row, 3), Time(row, 4));

    private static string? Text(NpgsqlDataReader row, int column) =>
        row.IsDBNull(MailAccountStore.ColumnCount + column) ? null : row.GetString(MailAccountStore.ColumnCount + column);

    private static DateTimeOffset? Time(NpgsqlDataReader row, int column) =>
        row.IsDBNull(MailAccountStore.ColumnCount + column) ? null : row.GetFieldValue<DateTimeOffset>(
            MailAccountStore.ColumnCount + column);
}
