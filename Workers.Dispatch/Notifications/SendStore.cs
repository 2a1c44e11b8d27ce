using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;
using Switchboard.Core.Postgres;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>A notification as the claim found it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="UserId">Whose.</param>
/// <param name="Channel">Over which channel.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Body">What it says.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Status">Its state before the claim.</param>
/// <param name="SendAt">Not before this time.</param>
/// <param name="Error">The error it had.</param>
/// <param name="InDoubtUntil">If a send was begun and never recorded: until when its status is waited for; null if that was only
/// found out by this claim.</param>
/// <param name="Number">The number of the attempt that was claimed; null if it was not claimed.</param>
/// <param name="Source">What led to it: <see cref="NotificationSource.Kind"/>.</param>
/// <param name="Content">What it says beside its text; null for a plain text.</param>
/// <param name="RecipientId">Whose it is, a row in <c>recipients</c>; null for a mere address.</param>
/// <param name="Priority">How soon it is sent.</param>
internal sealed record ClaimedNotification(
    Guid Id,
    Guid UserId,
    string Channel,
    string Recipient,
    string Body,
    DateTimeOffset CreatedAt,
    DeliveryStatus Status,
    DateTimeOffset? SendAt,
    string? Error,
    DateTimeOffset? InDoubtUntil,
    int? Number,
    string Source,
    NotificationContent? Content = null,
    Guid? RecipientId = null,
    JobPriority Priority = JobPriority.Normal)
{
    /// <summary>When it was to go: at once, or when its time came.</summary>
    public DateTimeOffset DueAt => SendAt ?? CreatedAt;
}

/// <summary>What a recorded notification was met as.</summary>
/// <param name="Status">Its state before.</param>
/// <param name="IsOurs">Whether the answer moved it.</param>
internal readonly record struct MetNotification(DeliveryStatus Status, bool IsOurs);

/// <summary>The rows of sends: claimed before the provider is called, recorded after it has answered; each a statement for a whole
/// batch.</summary>
internal sealed class SendStore(NpgsqlDataSource dataSource)
{
    private const string NoAnswerKnown = "The process that sent it ended before the answer was recorded.";

    private const string ClaimSql =
        """
        WITH found AS (
            SELECT n.id, n.user_id, n.channel, n.recipient, n.body, n.created_at, n.delivery_status, n.attempts,
                   n.send_at, n.sending_at, n.error, n.source, n.content, n.recipient_id, n.priority, asked.is_replay
            FROM unnest($1::uuid[], $2::boolean[]) AS asked (id, is_replay)
            JOIN notifications n ON n.id = asked.id
            ORDER BY n.id
            FOR NO KEY UPDATE OF n
        ), doubt AS (
            SELECT found.id, attempt.at + attempt.duration_ms * interval '1 millisecond' + $4::interval AS until
            FROM found
            LEFT JOIN notification_attempts attempt ON attempt.notification_id = found.id AND attempt.number = found.attempts
            WHERE found.delivery_status = 'sending'
        ), noted AS (
            INSERT INTO notification_attempts (notification_id, number, at, outcome, error, duration_ms)
            SELECT found.id, found.attempts, found.sending_at, 'unknown', $5,
                   greatest(0, extract(epoch FROM $3::timestamptz - found.sending_at) * 1000)::int
            FROM found
            JOIN doubt ON doubt.id = found.id
            WHERE doubt.until IS NULL
            ON CONFLICT DO NOTHING
        ), claimed AS (
            UPDATE notifications n
            SET delivery_status = 'sending', attempts = n.attempts + 1, sending_at = $3, sent_at = NULL, failed_at = NULL, error = NULL
            FROM found
            LEFT JOIN doubt ON doubt.id = found.id
            WHERE n.id = found.id
              AND (   (found.delivery_status = 'pending' AND coalesce(found.send_at <= $3, true))
                   OR (found.delivery_status = 'failed' AND found.is_replay)
                   OR doubt.until <= $3)
            RETURNING n.id, n.attempts
        )
        SELECT found.id, found.user_id, found.channel, found.recipient, found.body, found.created_at, found.delivery_status,
               found.send_at, found.error, doubt.until, claimed.attempts, found.source, found.content, found.recipient_id,
               found.priority
        FROM found
        LEFT JOIN doubt ON doubt.id = found.id
        LEFT JOIN claimed ON claimed.id = found.id
        """;

    private const string RecordSql =
        """
        WITH answer AS (
            SELECT *
            FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[], $8::int[],
                        $9::text[], $10::text[])
                AS answer (id, number, status, outcome, begun_at, ended_at, duration_ms, provider_status, error, provider_message_id)
        ), met AS (
            SELECT n.id, n.delivery_status, n.delivery_status = 'sending' AND n.attempts = answer.number AS is_ours
            FROM answer
            JOIN notifications n ON n.id = answer.id
            ORDER BY n.id
            FOR NO KEY UPDATE OF n
        ), attempt AS (
            INSERT INTO notification_attempts (notification_id, number, at, outcome, provider_status, error, duration_ms)
            SELECT id, number, begun_at, outcome, provider_status, error, duration_ms
            FROM answer
            JOIN met USING (id)
            WHERE outcome IS NOT NULL
            ON CONFLICT (notification_id, number) DO UPDATE
            SET outcome = excluded.outcome, provider_status = excluded.provider_status, error = excluded.error,
                duration_ms = excluded.duration_ms
        ), recorded AS (
            UPDATE notifications n
            SET delivery_status = CASE WHEN met.is_ours THEN answer.status ELSE n.delivery_status END,
                attempts = n.attempts - CASE WHEN met.is_ours AND answer.outcome IS NULL THEN 1 ELSE 0 END,
                provider_message_id = coalesce(answer.provider_message_id, n.provider_message_id),
                sent_at = CASE WHEN answer.status IN ('sent', 'delivered') THEN coalesce(n.sent_at, answer.ended_at) ELSE n.sent_at END,
                delivered_at = CASE WHEN answer.status = 'delivered' THEN coalesce(n.delivered_at, answer.ended_at) ELSE n.delivered_at END,
                failed_at = CASE WHEN met.is_ours AND answer.status = 'failed' THEN answer.ended_at ELSE n.failed_at END,
                error = CASE WHEN met.is_ours THEN answer.error ELSE n.error END
            FROM answer
            JOIN met ON met.id = answer.id
            WHERE n.id = answer.id
        )
        SELECT id, delivery_status, is_ours FROM met
        """;

    /// <summary>
    /// Claims what can be sent now, and returns all that are there, claimed or not, by id. What is pending and due becomes sending, with
    /// the attempt counted, before the provider is called; whoever comes second finds it sending. One that is found sending by a job that
    /// did not start it is in doubt: its attempt is noted as unknown, and it is claimed again when the doubt has lasted.
    /// </summary>
    public async Task<IReadOnlyDictionary<Guid, ClaimedNotification>> ClaimAsync(
        IReadOnlyList<JobDelivery<SendNotification>> batch, DateTimeOffset now, TimeSpan inDoubt, CancellationToken cancellationToken)
    {
        var asked = new Dictionary<Guid, bool>(batch.Count);
        foreach (var delivery in batch)
            asked[delivery.Job.NotificationId] = asked.GetValueOrDefault(delivery.Job.NotificationId) || delivery.IsReplay;

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(ClaimSql, connection);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. asked.Keys] });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. asked.Values] });
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset> { TypedValue = now });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = inDoubt });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = NoAnswerKnown });
        await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<Guid, ClaimedNotification>(asked.Count);
        while (await reader.ReadAsync(cancellationToken))
            found.Add(reader.GetGuid(0), Read(reader));
        return found;
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
        row.IsDBNull(10) ? null : row.GetInt32(10),
        row.GetString(11),
        row.IsDBNull(12) ? null : NotificationContent.Read(row.GetString(12)),
        row.IsDBNull(13) ? null : row.GetGuid(13),
        (JobPriority)row.GetInt16(14));

    /// <summary>
    /// Records decided sends, and says what each notification was met as: the attempts, and the notifications where they still are what the
    /// claim made them. A status callback that was faster is not undone; only the provider's id and the time are added.
    /// </summary>
    public static async Task<Dictionary<Guid, MetNotification>> RecordAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RecordSql, connection, transaction);
        Add(send => send.Notification.Id);
        Add(send => send.Notification.Number!.Value);
        Add(send => DeliveryStatuses.Name(send.Decision!.Status));
        Add(send => send.Decision!.Attempt);
        Add(send => send.BegunAt);
        Add(send => send.BegunAt + send.Took);
        Add(send => (int)send.Took.TotalMilliseconds);
        Add(send => send.Decision!.ProviderStatus);
        Add(send => send.Decision!.Error is { } error ? StorableText.From(error) : null);
        Add(send => send.Decision!.ProviderMessageId is { } id ? StorableText.From(id) : null);
        await command.PrepareAsync(cancellationToken);

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var met = new Dictionary<Guid, MetNotification>(sends.Count);
        while (await reader.ReadAsync(cancellationToken))
            met.Add(reader.GetGuid(0), new(DeliveryStatuses.Parse(reader.GetString(1)), reader.GetBoolean(2)));
        return met;

        void Add<T>(Func<Send, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. sends.Select(column)] });
    }
}
