using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Workers.Ingest.Email.Tracking;

namespace Switchboard.Workers.Ingest.Email.Sync;

/// <summary>A mailbox that is read.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Address">Its address.</param>
/// <param name="HistoryId">Everything up to here is safe; null before the first sync.</param>
/// <param name="WatchExpiresAt">Until when Gmail tells of new mail; null if it never did.</param>
/// <param name="CreatedAt">When it was connected: mail from before is not looked at.</param>
/// <param name="Tracked">For one that is tracked: as its mail is recorded, what was sent too.</param>
internal sealed record Mailbox(
    Guid Id,
    Guid UserId,
    string Address,
    ulong? HistoryId,
    DateTimeOffset? WatchExpiresAt,
    DateTimeOffset CreatedAt,
    TrackedMailbox? Tracked = null);

/// <summary>The rows of <c>mailboxes</c>, as this process needs them.</summary>
internal sealed class GmailMailboxStore(NpgsqlDataSource dataSource, TimeProvider timeProvider)
{
    private const string Columns = "id, user_id, address, history_id, watch_expires_at, created_at, tracking::text, tracking_since";

    /// <summary>The mailbox of an address and whether it is active; null when there is none.</summary>
    public async Task<(Mailbox Mailbox, bool IsActive)?> FindAsync(string address, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"SELECT {Columns}, status = 'active' FROM mailboxes WHERE provider = 'gmail' AND lower(address) = lower($1)");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = address });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? (Read(reader), reader.GetBoolean(8)) : null;
    }

    /// <summary>An active mailbox; null when there is none of that id.</summary>
    public async Task<Mailbox?> FindActiveAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand($"SELECT {Columns} FROM mailboxes WHERE id = $1 AND status = 'active'");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    /// <summary>
    /// Notes that everything up to a history id is safe, if the mailbox is still where the reader found it: two that read at once
    /// never move it back.
    /// </summary>
    /// <returns>False if somebody else has moved it meanwhile.</returns>
    public async Task<bool> AdvanceAsync(Mailbox mailbox, ulong historyId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "UPDATE mailboxes SET history_id = $3, synced_at = $4 WHERE id = $1 AND history_id IS NOT DISTINCT FROM $2");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = mailbox.Id });
        command.Parameters.Add(new NpgsqlParameter<long?> { TypedValue = (long?)mailbox.HistoryId });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = (long)historyId });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = timeProvider.GetUtcNow() });
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Notes until when a mailbox is watched.</summary>
    public async Task WatchedAsync(Mailbox mailbox, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("UPDATE mailboxes SET watch_expires_at = $2 WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = mailbox.Id });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The addresses of active mailboxes that were not synced since a time, in their order, after one.</summary>
    public async Task<IReadOnlyList<string>> NotSyncedSinceAsync(
        DateTimeOffset since, string after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            SELECT address FROM mailboxes
            WHERE provider = 'gmail' AND status = 'active' AND (synced_at IS NULL OR synced_at < $1) AND lower(address) > lower($2)
            ORDER BY lower(address)
            LIMIT $3
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = since });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var addresses = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            addresses.Add(reader.GetString(0));
        return addresses;
    }

    /// <summary>Active mailboxes whose watch ends before a time or that have none, in the order of their ids, after one.</summary>
    public async Task<IReadOnlyList<Mailbox>> WatchedNoLongerThanAsync(
        DateTimeOffset until, Guid after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            SELECT {Columns} FROM mailboxes
            WHERE provider = 'gmail' AND status = 'active' AND (watch_expires_at IS NULL OR watch_expires_at < $1) AND id > $2
            ORDER BY id
            LIMIT $3
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = until });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = after });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var mailboxes = new List<Mailbox>();
        while (await reader.ReadAsync(cancellationToken))
            mailboxes.Add(Read(reader));
        return mailboxes;
    }

    private static Mailbox Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetString(2),
        row.IsDBNull(3) ? null : (ulong)row.GetInt64(3),
        row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
        row.GetFieldValue<DateTimeOffset>(5),
        row.IsDBNull(6)
            ? null
            : new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), TrackingJson.Read(row.GetString(6)), row.GetFieldValue<DateTimeOffset>(7)));
}
