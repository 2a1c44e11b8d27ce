using Npgsql;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>A notification of which a provider says something; its row is locked.</summary>
internal sealed record LockedNotification(
    Guid Id, Guid UserId, string Channel, DeliveryStatus Status, DateTimeOffset DueAt, string Source = "");

/// <summary>Finds, locks and moves the notifications that a batch of statuses is about, in two statements.</summary>
internal static class DeliveryStatusStore
{
    // LIMIT 1 tells the planner that an id of a provider names one row, in a table that was never analyzed too; without it that was read
    // from end to end
    private const string LockSql =
        """
        SELECT status.position, n.id, n.user_id, n.channel, n.delivery_status, coalesce(n.send_at, n.created_at), n.source
        FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS status (notification_id, provider_message_id, position)
        LEFT JOIN LATERAL (
            SELECT id FROM notifications WHERE provider_message_id = status.provider_message_id LIMIT 1
        ) AS theirs ON status.notification_id IS NULL
        JOIN notifications n ON n.id = coalesce(status.notification_id, theirs.id)
        ORDER BY n.id
        FOR NO KEY UPDATE OF n
        """;

    // the rank is asked once more: this statement alone never moves a state backwards, locked or not
    private const string MoveSql =
        $"""
        UPDATE notifications AS n
        SET delivery_status     = step.status,
            provider_message_id = COALESCE(n.provider_message_id, step.provider_message_id),
            sent_at             = COALESCE(n.sent_at, step.sent_at),
            delivered_at        = COALESCE(n.delivered_at, step.delivered_at),
            read_at             = COALESCE(n.read_at, step.read_at),
            failed_at           = COALESCE(n.failed_at, step.failed_at),
            error               = step.error
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
        $8::text[])
            AS step (id, status, provider_message_id, sent_at, delivered_at, read_at, failed_at, error)
        WHERE n.id = step.id
          AND array_position({DeliveryStatuses.SqlOrder}, n.delivery_status) < array_position({DeliveryStatuses.SqlOrder}, step.status)
        RETURNING n.id
        """;

    /// <summary>
    /// Finds and locks the notifications of a batch of statuses, by our id where the provider echoes it, else by its own. Rows are locked
    /// in the order of their ids, so that two processes cannot deadlock.
    /// </summary>
    /// <returns>The notification of each update, by the update's place among them; those of none are missing.</returns>
    public static async Task<IReadOnlyDictionary<int, LockedNotification>> LockAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<DeliveryStatusUpdate> updates,
        CancellationToken cancellationToken)
    {
        // null where our own id is there: then nothing is looked up by the provider's
        var keys = updates
            .Select(update => (update.NotificationId, Theirs: update.NotificationId is null ? StorableText.From(update.ProviderMessageId) : null))
            .ToList();
        // sent and delivered often come together
        var distinct = keys.Distinct().ToList();
        await using var command = new NpgsqlCommand(LockSql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid?[]> { TypedValue = [.. distinct.Select(key => key.NotificationId)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. distinct.Select(key => key.Theirs)] });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var byKey = new Dictionary<(Guid?, string?), LockedNotification>(distinct.Count);
        while (await reader.ReadAsync(cancellationToken))
            byKey[distinct[(int)reader.GetInt64(0) - 1]] = new(
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.GetString(3),
                DeliveryStatuses.Parse(reader.GetString(4)),
                reader.GetFieldValue<DateTimeOffset>(5),
                reader.GetString(6));
        return keys.Index().Where(one => byKey.ContainsKey(one.Item)).ToDictionary(one => one.Index, one => byKey[one.Item]);
    }

    /// <summary>Moves the notifications and returns the ids of those that moved.</summary>
    public static async Task<HashSet<Guid>> MoveAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<StatusTransition> steps,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(MoveSql, connection, transaction);
        Add(step => step.Notification.Id);
        Add(step => DeliveryStatuses.Name(step.Status));
        Add(step => StorableText.From(step.ProviderMessageId));
        Add(step => step.SentAt?.ToUniversalTime());
        Add(step => step.DeliveredAt?.ToUniversalTime());
        Add(step => step.ReadAt?.ToUniversalTime());
        Add(step => step.FailedAt?.ToUniversalTime());
        Add(step => step.Error is null ? null : StorableText.From(step.Error));
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var moved = new HashSet<Guid>(steps.Count);
        while (await reader.ReadAsync(cancellationToken))
            moved.Add(reader.GetGuid(0));
        return moved;

        void Add<T>(Func<StatusTransition, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. steps.Select(column)] });
    }
}
