using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Webhooks;

/// <summary>An endpoint that is not turned off, and what it takes.</summary>
/// <param name="Id">The endpoint.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Events">The patterns of what it takes.</param>
public sealed record WebhookSubscription(Guid Id, Guid UserId, IReadOnlyList<string> Events)
{
    /// <summary>Whether it takes messages of a user and type.</summary>
    public bool Takes(Guid userId, string type) => userId == UserId && WebhookEvents.Take(Events, type);
}

/// <summary>A message for an endpoint.</summary>
/// <param name="MessageId">That of the event or notification: what comes again is the same message.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="EndpointId">To which endpoint.</param>
/// <param name="Type">What it tells.</param>
/// <param name="Payload">The body.</param>
/// <param name="NotificationId">The notification that is told what becomes of it; null for none.</param>
public sealed record NewDelivery(Guid MessageId, Guid UserId, Guid EndpointId, string Type, string Payload, Guid? NotificationId = null);

/// <summary>Messages and their deliveries, as they are made: by events, by the channel, and by hand.</summary>
public static class WebhookMessageStore
{
    private const string SubscriptionsSql =
        "SELECT id, user_id, events FROM webhook_endpoints WHERE user_id = ANY ($1) AND disabled_at IS NULL ORDER BY id";

    /// <summary>The endpoints of these users that are not turned off.</summary>
    public static Task<List<WebhookSubscription>> SubscriptionsAsync(
        NpgsqlTransaction transaction, Guid[] userIds, CancellationToken cancellationToken) =>
        transaction.Command(SubscriptionsSql, (object)userIds).ListAsync(
            row => new WebhookSubscription(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<string[]>(2)), cancellationToken);

    // the endpoints stay until the commit; what is of one that is gone is not made
    private const string AddSql =
        """
        WITH wanted AS (
            SELECT new.*
            FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[])
                AS new (id, message_id, user_id, endpoint_id, type, payload, notification_id)
            JOIN webhook_endpoints e ON e.id = new.endpoint_id AND e.user_id = new.user_id
            ORDER BY e.id, new.message_id
            FOR KEY SHARE OF e
        ), messages AS (
            INSERT INTO webhook_messages (id, user_id, type, payload, notification_id, created_at)
            SELECT DISTINCT ON (message_id) message_id, user_id, type, payload, notification_id, $8 FROM wanted ORDER BY message_id
            ON CONFLICT DO NOTHING
        )
        INSERT INTO webhook_deliveries (id, user_id, endpoint_id, message_id, state, created_at)
        SELECT id, user_id, endpoint_id, message_id, 'pending', $8 FROM wanted
        ORDER BY message_id, endpoint_id
        ON CONFLICT (message_id, endpoint_id) DO NOTHING
        RETURNING id, endpoint_id
        """;

    /// <summary>Makes deliveries, and answers the jobs of those that are new, for the caller to stage.</summary>
    public static async Task<IReadOnlyList<OutgoingJob>> AddAsync(
        NpgsqlTransaction transaction, IReadOnlyList<NewDelivery> deliveries, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(deliveries);
        if (deliveries.Count == 0)
            return [];
        await using var command = new NpgsqlCommand(AddSql, transaction.Connection, transaction);
        Add(_ => Guid.CreateVersion7(now));
        Add(one => one.MessageId);
        Add(one => one.UserId);
        Add(one => one.EndpointId);
        Add(one => one.Type);
        Add(one => StorableText.From(one.Payload));
        Add(one => one.NotificationId);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now.ToUniversalTime() });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var jobs = new List<OutgoingJob>(deliveries.Count);
        while (await reader.ReadAsync(cancellationToken))
            jobs.Add(new(new DeliverWebhook(reader.GetGuid(0), reader.GetGuid(1))));
        return jobs;

        void Add<T>(Func<NewDelivery, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. deliveries.Select(column)] });
    }
}
