using Npgsql;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Ingest.Notifications;

/// <summary>Writes the steps forward of notifications whose rows are locked; a time that is there already stays.</summary>
internal static class MoveNotifications
{
    // the rank is asked once more: this statement alone never moves a state backwards, locked or not
    private const string Sql =
        $"""
        UPDATE notifications AS n
        SET delivery_status     = step.status,
            provider_message_id = COALESCE(n.provider_message_id, step.provider_message_id),
            sent_at             = COALESCE(n.sent_at, step.sent_at),
            delivered_at        = COALESCE(n.delivered_at, step.delivered_at),
            read_at             = COALESCE(n.read_at, step.read_at),
            failed_at           = COALESCE(n.failed_at, step.failed_at),
            error               = step.error
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::text[])
            AS step (id, status, provider_message_id, sent_at, delivered_at, read_at, failed_at, error)
        WHERE n.id = step.id
          AND array_position({DeliveryStatuses.SqlOrder}, n.delivery_status) < array_position({DeliveryStatuses.SqlOrder}, step.status)
        RETURNING n.id
        """;

    /// <summary>Moves the notifications and returns the ids of those that moved.</summary>
    public static async Task<HashSet<Guid>> ExecuteAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        IReadOnlyList<StatusTransition> steps,
        CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
        Add(step => step.Notification.Id);
        Add(step => DeliveryStatuses.Name(step.Status));
        Add(step => StorableText.From(step.ProviderMessageId));
        Add(step => step.SentAt?.ToUniversalTime());
        Add(step => step.DeliveredAt?.ToUniversalTime());
        Add(step => step.ReadAt?.ToUniversalTime());
        Add(step => step.FailedAt?.ToUniversalTime());
        Add(step => step.Error is null ? null : StorableText.From(step.Error));

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var moved = new HashSet<Guid>(steps.Count);
        while (await reader.ReadAsync(cancellation))
            moved.Add(reader.GetGuid(0));
        return moved;

        void Add<T>(Func<StatusTransition, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. steps.Select(column)] });
    }
}
