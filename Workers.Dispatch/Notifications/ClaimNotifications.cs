using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Begins the sends of a batch, in one statement: what is pending and due becomes sending, with the attempt counted, before the
/// provider hears of it. Whoever comes second finds it sending. One that was found sending by a job that did not begin it is in
/// doubt: its attempt is noted as unknown, and it is claimed again when the doubt has lasted.
/// </summary>
internal sealed class ClaimNotifications(NpgsqlDataSource dataSource)
{
    private const string Sql =
        """
        WITH seen AS (
            SELECT n.id, n.user_id, n.channel, n.recipient, n.body, n.created_at, n.delivery_status, n.attempts,
                   n.send_at, n.sending_at, n.error, asked.is_replay
            FROM unnest($1::uuid[], $2::boolean[]) AS asked (id, is_replay)
            JOIN notifications n ON n.id = asked.id
            ORDER BY n.id
            FOR NO KEY UPDATE OF n
        ), doubt AS (
            SELECT seen.id, attempt.at + attempt.duration_ms * interval '1 millisecond' + $4::interval AS until
            FROM seen
            LEFT JOIN notification_attempts attempt ON attempt.notification_id = seen.id AND attempt.number = seen.attempts
            WHERE seen.delivery_status = 'sending'
        ), noted AS (
            INSERT INTO notification_attempts (notification_id, number, at, outcome, error, duration_ms)
            SELECT seen.id, seen.attempts, seen.sending_at, 'unknown', $5,
                   greatest(0, extract(epoch FROM $3::timestamptz - seen.sending_at) * 1000)::int
            FROM seen
            JOIN doubt ON doubt.id = seen.id
            WHERE doubt.until IS NULL
            ON CONFLICT DO NOTHING
        ), claimed AS (
            UPDATE notifications n
            SET delivery_status = 'sending', attempts = n.attempts + 1, sending_at = $3, failed_at = NULL, error = NULL
            FROM seen
            LEFT JOIN doubt ON doubt.id = seen.id
            WHERE n.id = seen.id
              AND (   (seen.delivery_status = 'pending' AND coalesce(seen.send_at <= $3, true))
                   OR (seen.delivery_status = 'failed' AND seen.is_replay)
                   OR doubt.until <= $3)
            RETURNING n.id, n.attempts
        )
        SELECT seen.id, seen.user_id, seen.channel, seen.recipient, seen.body, seen.created_at, seen.delivery_status,
               seen.send_at, seen.error, doubt.until, claimed.attempts
        FROM seen
        LEFT JOIN doubt ON doubt.id = seen.id
        LEFT JOIN claimed ON claimed.id = seen.id
        """;

    private const string NoAnswerKnown = "The process that sent it ended before the answer was recorded.";

    /// <summary>Claims what can be sent now and returns all that are there, claimed or not, by id.</summary>
    public async Task<IReadOnlyDictionary<Guid, ClaimedNotification>> ExecuteAsync(
        IReadOnlyList<JobDelivery<SendNotification>> batch, DateTimeOffset now, TimeSpan inDoubt, CancellationToken cancellation)
    {
        var asked = new Dictionary<Guid, bool>(batch.Count);
        foreach (var delivery in batch)
            asked[delivery.Job.NotificationId] = asked.GetValueOrDefault(delivery.Job.NotificationId) || delivery.IsReplay;

        await using var connection = await dataSource.OpenConnectionAsync(cancellation);
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. asked.Keys] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. asked.Values] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = inDoubt });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = NoAnswerKnown });
        await command.PrepareAsync(cancellation);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var seen = new Dictionary<Guid, ClaimedNotification>(asked.Count);
        while (await reader.ReadAsync(cancellation))
            seen.Add(reader.GetGuid(0), Read(reader));
        return seen;
    }

    private static ClaimedNotification Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetFieldValue<DateTimeOffset>(5),
        DeliveryStatuses.Parse(row.GetString(6)),
        row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7),
        row.IsDBNull(8) ? null : row.GetString(8),
        row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9),
        row.IsDBNull(10) ? null : row.GetInt32(10));
}
