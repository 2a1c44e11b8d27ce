using System.Text.Json;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Webhooks;

namespace Switchboard.Edge.Api.Notifications.Webhooks;

/// <summary>A delivery to an endpoint, with what was sent and each answer.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MessageId">The <c>webhook-id</c>, the same in all attempts.</param>
/// <param name="Type">What it tells.</param>
/// <param name="State">pending, delivered or failed.</param>
/// <param name="Error">Why the last attempt failed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="NextAttemptAt">When it is tried again.</param>
/// <param name="CompletedAt">When it was delivered or given up.</param>
/// <param name="RequestBody">The body that is posted.</param>
/// <param name="Attempts">Each attempt, the first first.</param>
internal sealed record WebhookDeliveryResponse(
    Guid Id,
    string MessageId,
    string Type,
    string State,
    string? Error,
    DateTimeOffset CreatedAt,
    DateTimeOffset? NextAttemptAt,
    DateTimeOffset? CompletedAt,
    string RequestBody,
    IReadOnlyList<WebhookAttempt> Attempts);

/// <summary>One attempt.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Status">The answer's status; null when there was none.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="RequestHeaders">Its id, timestamp and signature.</param>
/// <param name="ResponseBody">The answer's first 2,048 bytes.</param>
internal sealed record WebhookAttempt(
    int Number, DateTimeOffset At, int DurationMs, int? Status, string? Error, IReadOnlyDictionary<string, string> RequestHeaders,
    string? ResponseBody);

/// <summary>The deliveries of endpoints, and how they are asked for again.</summary>
internal sealed class WebhookDeliveries(NpgsqlDataSource dataSource, JobOutbox outbox, TimeProvider timeProvider)
{
    /// <summary>How many a recovery takes at once.</summary>
    public const int MostRecovered = 1_000;

    private const string ListSql =
        """
        SELECT d.id, d.message_id, m.type, d.state, d.error, d.created_at, d.next_attempt_at, d.completed_at, m.payload,
               (SELECT coalesce(json_agg(json_build_object(
                    'number', a.number, 'at', a.at, 'durationMs', a.duration_ms, 'status', a.status, 'error', a.error,
                    'requestHeaders', a.request_headers, 'responseBody', a.response_body) ORDER BY a.number), '[]')
                FROM webhook_attempts a WHERE a.delivery_id = d.id)
        FROM webhook_deliveries d
        JOIN webhook_messages m ON m.id = d.message_id AND m.user_id = d.user_id
        WHERE d.user_id = $1 AND d.endpoint_id = $2 AND ($3::text IS NULL OR d.state = $3) AND ($4::uuid IS NULL OR d.id < $4)
        ORDER BY d.id DESC
        LIMIT $5
        """;

    /// <summary>The deliveries of an endpoint, newest first.</summary>
    public Task<List<WebhookDeliveryResponse>> ListAsync(
        Guid userId, Guid endpointId, string? state, Guid? after, int take, CancellationToken cancellationToken) =>
        dataSource.Command(ListSql, userId, endpointId, state, after, take).ListAsync(
            row => new WebhookDeliveryResponse(
                row.GetGuid(0), WebhookSecret.MessageId(row.GetGuid(1)), row.GetString(2), row.GetString(3), row.Text(4),
                row.GetFieldValue<DateTimeOffset>(5), row.Nullable<DateTimeOffset>(6), row.Nullable<DateTimeOffset>(7), row.GetString(8),
                JsonSerializer.Deserialize<List<WebhookAttempt>>(row.GetString(9), JsonSerializerOptions.Web)!),
            cancellationToken);

    /// <summary>Makes a message for one endpoint alone, whatever it takes, and answers its delivery.</summary>
    public async Task<Guid> TestAsync(Guid userId, Guid endpointId, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var payload = WebhookPayload.Write(WebhookEvents.Test, now, data => data.WriteString("endpointId", endpointId));
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var jobs = await WebhookMessageStore.AddAsync(
            transaction, [new(Guid.CreateVersion7(now), userId, endpointId, WebhookEvents.Test, payload)], now, cancellationToken);
        await outbox.CommitAsync(transaction, jobs, cancellationToken);
        return jobs.Count == 0 ? Guid.Empty : jobs[0].Job.Id;
    }

    // what was done begins again, with attempts as at first; what is pending is on its way
    private const string ResendSql =
        """
        UPDATE webhook_deliveries SET state = 'pending', tries = 0, error = NULL, next_attempt_at = NULL, completed_at = NULL
        WHERE id = $1 AND user_id = $2 AND endpoint_id = $3 AND state <> 'pending'
        RETURNING id, endpoint_id
        """;

    private const string StateSql = "SELECT state FROM webhook_deliveries WHERE id = $1 AND user_id = $2 AND endpoint_id = $3";

    /// <summary>Sends a delivery again; answers its state if that is in the way, and null when it is not there.</summary>
    public async Task<(bool IsSent, string? State)> ResendAsync(Guid userId, Guid endpointId, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var jobs = await transaction.Command(ResendSql, id, userId, endpointId).ListAsync(Job, cancellationToken);
        if (jobs.Count == 0)
            return (false, await transaction.Command(StateSql, id, userId, endpointId).FirstAsync(row => row.GetString(0), cancellationToken));
        await outbox.CommitAsync(transaction, jobs, cancellationToken);
        return (true, "pending");
    }

    // the oldest first: a span that holds more goes on with the next call
    private const string RecoverSql =
        """
        UPDATE webhook_deliveries SET state = 'pending', tries = 0, error = NULL, next_attempt_at = NULL, completed_at = NULL
        WHERE id = ANY (ARRAY(
            SELECT id FROM webhook_deliveries
            WHERE user_id = $1 AND endpoint_id = $2 AND id >= $3 AND created_at >= $4 AND created_at < $5 AND state = 'failed'
            ORDER BY id LIMIT $6 FOR NO KEY UPDATE))
          AND user_id = $1 AND state = 'failed'
        RETURNING id, endpoint_id
        """;

    /// <summary>Sends again what has failed of a span, at most <see cref="MostRecovered"/>.</summary>
    public async Task<int> RecoverAsync(
        Guid userId, Guid endpointId, DateTimeOffset since, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var jobs = await transaction.Command(RecoverSql, userId, endpointId, TimeOrderedId.Before(since), since, until, MostRecovered)
            .ListAsync(Job, cancellationToken);
        await outbox.CommitAsync(transaction, jobs, cancellationToken);
        return jobs.Count;
    }

    private static OutgoingJob Job(NpgsqlDataReader row) => new(new DeliverWebhook(row.GetGuid(0), row.GetGuid(1)));
}
