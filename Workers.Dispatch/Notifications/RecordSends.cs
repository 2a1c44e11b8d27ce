using Npgsql;
using Switchboard.Core.Notifications;

namespace Switchboard.Workers.Dispatch.Notifications;

/// <summary>
/// Records the answers of a batch, in one statement: the attempts, and the notifications where they still are what the claim made
/// them. A status callback that was faster is not undone; only the provider's id and the time are added.
/// </summary>
internal static class RecordSends
{
    private const string Sql =
        """
        WITH answer AS (
            SELECT *
            FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[], $8::int[],
                        $9::text[], $10::text[])
                AS answer (id, number, status, outcome, begun_at, ended_at, duration_ms, provider_status, error, provider_message_id)
        ), attempt AS (
            INSERT INTO notification_attempts (notification_id, number, at, outcome, provider_status, error, duration_ms)
            SELECT id, number, begun_at, outcome, provider_status, error, duration_ms
            FROM answer
            WHERE outcome IS NOT NULL
            ON CONFLICT (notification_id, number) DO UPDATE
            SET outcome = excluded.outcome, provider_status = excluded.provider_status, error = excluded.error,
                duration_ms = excluded.duration_ms
        ), met AS (
            SELECT n.id, n.delivery_status, n.delivery_status = 'sending' AND n.attempts = answer.number AS is_ours
            FROM answer
            JOIN notifications n ON n.id = answer.id
            ORDER BY n.id
            FOR NO KEY UPDATE OF n
        ), recorded AS (
            UPDATE notifications n
            SET delivery_status = CASE WHEN met.is_ours THEN answer.status ELSE n.delivery_status END,
                attempts = n.attempts - CASE WHEN met.is_ours AND answer.outcome IS NULL THEN 1 ELSE 0 END,
                provider_message_id = coalesce(answer.provider_message_id, n.provider_message_id),
                sent_at = CASE WHEN answer.status = 'sent' THEN coalesce(n.sent_at, answer.ended_at) ELSE n.sent_at END,
                failed_at = CASE WHEN met.is_ours AND answer.status = 'failed' THEN answer.ended_at ELSE n.failed_at END,
                error = CASE WHEN met.is_ours THEN answer.error ELSE n.error END
            FROM answer
            JOIN met ON met.id = answer.id
            WHERE n.id = answer.id
        )
        SELECT id, delivery_status, is_ours FROM met
        """;

    /// <summary>What a recorded notification was met as.</summary>
    /// <param name="Status">Its state before.</param>
    /// <param name="IsOurs">Whether the answer moved it.</param>
    internal readonly record struct Met(DeliveryStatus Status, bool IsOurs);

    /// <summary>Records decided sends, and says what each notification was met as.</summary>
    public static async Task<Dictionary<Guid, Met>> ExecuteAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Send> sends, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(Sql, connection, transaction);
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
        await command.PrepareAsync(cancellation);

        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var met = new Dictionary<Guid, Met>(sends.Count);
        while (await reader.ReadAsync(cancellation))
            met.Add(reader.GetGuid(0), new(DeliveryStatuses.Parse(reader.GetString(1)), reader.GetBoolean(2)));
        return met;

        void Add<T>(Func<Send, T> column) =>
            command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = [.. sends.Select(column)] });
    }
}
