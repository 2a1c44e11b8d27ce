using Npgsql;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Notifications;

/// <summary>
/// Finds and locks the notifications that a batch of statuses speaks of, by our id where the provider echoes it, else by its own.
/// Rows are locked in the order of their ids: everybody who locks several does, so nobody waits in a circle.
/// </summary>
internal static class LockNotifications
{
    private const string Sql =
        """
        WITH named AS (
            SELECT status.position, COALESCE(status.notification_id, notifications.id) AS notification_id
            FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS status (notification_id, provider_message_id, position)
            LEFT JOIN notifications ON notifications.provider_message_id = status.provider_message_id
        )
        SELECT named.position, n.id, n.user_id, n.channel, n.delivery_status, n.created_at
        FROM named
        JOIN notifications n ON n.id = named.notification_id
        ORDER BY n.id
        FOR NO KEY UPDATE OF n
        """;

    /// <summary>The notification of each update, by the update's position; of those that are not there, nothing.</summary>
    public static async Task<IReadOnlyDictionary<int, TrackedNotification>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<DeliveryStatusUpdate> updates,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter<Guid?[]> { TypedValue = [.. updates.Select(update => update.NotificationId)] });
        // null where our own id is there: then nothing is looked up by the provider's
        command.Parameters.Add(new NpgsqlParameter<string?[]>
        {
            TypedValue = [.. updates.Select(update => update.NotificationId is null ? StorableText.From(update.ProviderMessageId) : null)],
        });

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var found = new Dictionary<int, TrackedNotification>(updates.Count);
        while (await reader.ReadAsync(cancellation))
            found[(int)reader.GetInt64(0) - 1] = new(
                reader.GetGuid(1),
                reader.GetGuid(2),
                reader.GetString(3),
                DeliveryStatuses.Parse(reader.GetString(4)),
                reader.GetFieldValue<DateTimeOffset>(5));
        return found;
    }
}
