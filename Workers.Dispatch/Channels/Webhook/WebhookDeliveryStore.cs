using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Switchboard.Core.Postgres;
using Switchboard.Core.Security;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>A delivery that was claimed for an attempt.</summary>
/// <param name="Id">Its row.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="EndpointId">To which endpoint.</param>
/// <param name="MessageId">Which message.</param>
/// <param name="Number">The number of the attempt, from 1.</param>
/// <param name="Tries">The same since it was last asked for.</param>
/// <param name="Url">Where the endpoint is.</param>
/// <param name="RatePerSecond">How much it takes; null where it did not say.</param>
/// <param name="FailingSince">Since when every delivery to it has failed; null while they succeed.</param>
/// <param name="Payload">The body.</param>
/// <param name="NotificationId">The notification that waits for what becomes of the message; null for none.</param>
/// <param name="Secrets">What it is signed by, encrypted, by their ids.</param>
internal sealed record ClaimedDelivery(
    Guid Id,
    Guid UserId,
    Guid EndpointId,
    Guid MessageId,
    int Number,
    int Tries,
    Uri Url,
    int? RatePerSecond,
    DateTimeOffset? FailingSince,
    string Payload,
    Guid? NotificationId,
    IReadOnlyList<(Guid Id, byte[] Secret)> Secrets);

/// <summary>A delivery that could not be claimed.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="MessageId">Which message.</param>
/// <param name="NotificationId">The notification of the message.</param>
/// <param name="IsPending">Whether it is to be sent at all.</param>
/// <param name="NextAttemptAt">Not before this time.</param>
/// <param name="SendingAt">Since when an attempt is under way.</param>
/// <param name="DisabledReason">Why its endpoint is turned off; null when it is not.</param>
internal sealed record UnclaimedDelivery(
    Guid UserId, Guid MessageId, Guid? NotificationId, bool IsPending, DateTimeOffset? NextAttemptAt, DateTimeOffset? SendingAt,
    string? DisabledReason);

/// <summary>How the deliveries of a message stand.</summary>
/// <param name="Pending">Those that are under way.</param>
/// <param name="Failed">Those that were given up.</param>
internal readonly record struct MessageState(long Pending, long Failed);

/// <summary>The rows of deliveries: claimed before an attempt, recorded after it.</summary>
internal sealed class WebhookDeliveryStore(NpgsqlDataSource dataSource, SecretProtector secrets)
{
    private const string ClaimSql =
        """
        WITH claimed AS (
            UPDATE webhook_deliveries d
            SET attempts = d.attempts + 1, tries = d.tries + 1, sending_at = $2
            FROM webhook_endpoints e
            WHERE d.id = $1 AND e.id = d.endpoint_id AND e.user_id = d.user_id AND e.disabled_at IS NULL
              AND d.state = 'pending' AND coalesce(d.next_attempt_at <= $2, true) AND coalesce(d.sending_at <= $3, true)
            RETURNING d.id, d.user_id, d.endpoint_id, d.message_id, d.attempts, d.tries, e.url, e.rate_per_second, e.failing_since
        )
        SELECT c.id, c.user_id, c.endpoint_id, c.message_id, c.attempts, c.tries, c.url, c.rate_per_second, c.failing_since,
               m.payload, m.notification_id, s.ids, s.secrets
        FROM claimed c
        JOIN webhook_messages m ON m.id = c.message_id AND m.user_id = c.user_id
        CROSS JOIN LATERAL (
            SELECT array_agg(s.id ORDER BY s.created_at DESC) AS ids, array_agg(s.secret ORDER BY s.created_at DESC) AS secrets
            FROM webhook_secrets s
            WHERE s.user_id = c.user_id AND s.endpoint_id = c.endpoint_id AND coalesce(s.expires_at > $2, true)
        ) AS s
        """;

    /// <summary>Claims a delivery that is due and not under way; null when there is none such.</summary>
    /// <param name="id">The delivery.</param>
    /// <param name="now">The time.</param>
    /// <param name="lostBefore">An attempt that began before is over, whoever made it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<ClaimedDelivery?> ClaimAsync(Guid id, DateTimeOffset now, DateTimeOffset lostBefore, CancellationToken cancellationToken) =>
        dataSource.Command(ClaimSql, id, now, lostBefore).FirstAsync(
            row => new ClaimedDelivery(
                row.GetGuid(0), row.GetGuid(1), row.GetGuid(2), row.GetGuid(3), row.GetInt32(4), row.GetInt32(5), new Uri(row.GetString(6)),
                row.Nullable<int>(7), row.Nullable<DateTimeOffset>(8), row.GetString(9), row.Nullable<Guid>(10),
                row.IsDBNull(11) ? [] : [.. row.GetFieldValue<Guid[]>(11).Zip(row.GetFieldValue<byte[][]>(12))]),
            cancellationToken);

    /// <summary>The secrets of a delivery, the current one first.</summary>
    public IReadOnlyList<string> SecretsOf(ClaimedDelivery delivery) =>
        [.. delivery.Secrets.Select(one => secrets.Unprotect(one.Secret, SecretColumn.WebhookSecret, one.Id))];

    private const string UnclaimSql =
        """
        UPDATE webhook_deliveries SET attempts = attempts - 1, tries = tries - 1, sending_at = NULL
        WHERE id = $1 AND user_id = $2 AND attempts = $3 AND state = 'pending'
        """;

    /// <summary>Takes a claim back: there was no attempt.</summary>
    public Task UnclaimAsync(ClaimedDelivery delivery, CancellationToken cancellationToken) =>
        dataSource.Command(UnclaimSql, delivery.Id, delivery.UserId, delivery.Number).RunAsync(cancellationToken);

    private const string UnclaimedSql =
        """
        SELECT d.user_id, d.message_id, m.notification_id, d.state = 'pending', d.next_attempt_at, d.sending_at, e.disabled_reason
        FROM webhook_deliveries d
        JOIN webhook_messages m ON m.id = d.message_id AND m.user_id = d.user_id
        JOIN webhook_endpoints e ON e.id = d.endpoint_id AND e.user_id = d.user_id
        WHERE d.id = $1
        """;

    /// <summary>Why a delivery could not be claimed; null when it is not there any more.</summary>
    public Task<UnclaimedDelivery?> FindUnclaimedAsync(Guid id, CancellationToken cancellationToken) =>
        dataSource.Command(UnclaimedSql, id).FirstAsync(
            row => new UnclaimedDelivery(
                row.GetGuid(0), row.GetGuid(1), row.Nullable<Guid>(2), row.GetBoolean(3), row.Nullable<DateTimeOffset>(4),
                row.Nullable<DateTimeOffset>(5), row.Text(6)),
            cancellationToken);

    private const string RecordSql =
        """
        WITH attempt AS (
            INSERT INTO webhook_attempts (delivery_id, number, at, duration_ms, status, error, request_headers, response_body)
            SELECT id, $3, $4, $5, $6, $7, $8, $9 FROM webhook_deliveries WHERE id = $1 AND user_id = $2
            ON CONFLICT DO NOTHING
        )
        UPDATE webhook_deliveries
        SET state = $10, error = $7, next_attempt_at = $11, completed_at = $12, sending_at = NULL
        WHERE id = $1 AND user_id = $2 AND attempts = $3 AND state = 'pending'
        """;

    /// <summary>Records an attempt, and what it means for the delivery if no later one was begun.</summary>
    public static async Task RecordAsync(
        NpgsqlTransaction transaction, ClaimedDelivery delivery, WebhookAnswer answer, DeliveryDecision decision, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        await using var command = transaction.Command(RecordSql, delivery.Id, delivery.UserId, delivery.Number, answer.At);
        Add(NpgsqlDbType.Integer, (int)answer.Took.TotalMilliseconds);
        Add(NpgsqlDbType.Integer, answer.Status);
        Add(NpgsqlDbType.Text, decision.Error is { } error ? StorableText.From(error) : null);
        Add(NpgsqlDbType.Jsonb, JsonSerializer.Serialize(answer.Headers));
        Add(NpgsqlDbType.Text, answer.Body);
        Add(NpgsqlDbType.Text, decision.Outcome switch
        {
            DeliveryOutcome.Delivered => "delivered",
            DeliveryOutcome.Failed => "failed",
            _ => "pending",
        });
        Add(NpgsqlDbType.TimestampTz, (now + decision.RetryAfter)?.ToUniversalTime());
        Add(NpgsqlDbType.TimestampTz, decision.Outcome == DeliveryOutcome.Retry ? null : now.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancellationToken);

        void Add(NpgsqlDbType type, object? value) =>
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
    }

    private const string GiveUpSql =
        """
        UPDATE webhook_deliveries SET state = 'failed', error = $3, completed_at = $4, next_attempt_at = NULL, sending_at = NULL
        WHERE id = $1 AND user_id = $2 AND state = 'pending'
        """;

    /// <summary>Gives a delivery up without an attempt.</summary>
    public static Task GiveUpAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, string error, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.Command(GiveUpSql, id, userId, error, now).RunAsync(cancellationToken);

    private const string LockMessageSql = "SELECT id FROM webhook_messages WHERE id = $1 AND user_id = $2 FOR NO KEY UPDATE";

    /// <summary>Keeps others from counting the deliveries of a message until the transaction ends: the last one counts them all.</summary>
    public static Task LockMessageAsync(NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        transaction.Command(LockMessageSql, id, userId).RunAsync(cancellationToken);

    private const string StateSql =
        """
        SELECT count(*) FILTER (WHERE state = 'pending'), count(*) FILTER (WHERE state = 'failed')
        FROM webhook_deliveries WHERE message_id = $1 AND user_id = $2
        """;

    /// <summary>How the deliveries of a message stand.</summary>
    public static async Task<MessageState> StateAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, CancellationToken cancellationToken) =>
        (await transaction.Command(StateSql, id, userId).ListAsync(row => new MessageState(row.GetInt64(0), row.GetInt64(1)), cancellationToken))[0];
}
