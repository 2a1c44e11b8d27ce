using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Notifications;

/// <summary><c>GET /api/notifications/{id}</c>: with every attempt, and the way from the webhook to the delivery.</summary>
internal sealed class GetNotification(NpgsqlDataSource database)
    : EndpointWithoutRequest<Results<Ok<NotificationDetail>, ProblemHttpResult>>
{
    private const string Sql =
        $"""
        SELECT {NotificationResponse.Columns},
               n.send_at, n.error, n.provider_message_id, n.rule_id, n.sending_at, n.read_at, n.failed_at, n.cancelled_at,
               e.id, e.message_id, e.sender, e.subject, e.received_at,
               t.id, t.message_sid, t.sender, t.received_at,
               COALESCE(e.accepted_at, t.received_at), COALESCE(e.processed_at, t.processed_at)
        FROM notifications n
        LEFT JOIN emails e ON e.id = n.email_id
        LEFT JOIN sms_messages t ON t.id = n.text_id
        WHERE n.id = $1 AND n.user_id = $2
        """;

    private const string AttemptsSql =
        """
        SELECT number, at, outcome, provider_status, error, duration_ms
        FROM notification_attempts
        WHERE notification_id = $1
        ORDER BY number
        LIMIT 1000
        """;

    public override void Configure()
    {
        Get("/api/notifications/{id:guid}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Read a notification, its attempts and its timeline")
            .Produces<NotificationDetail>().Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<Ok<NotificationDetail>, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var id = Route<Guid>("id");
        var detail = await database.Command(Sql, id, HttpContext.Caller().UserId).FirstAsync(Read, ct);
        if (detail is null)
            return Problems.NotFound("notification", id);

        var attempts = await database.Command(AttemptsSql, id).ListAsync(ReadAttempt, ct);
        return TypedResults.Ok(detail with { Attempts = attempts });
    }

    private static NotificationDetail Read(NpgsqlDataReader row)
    {
        const int More = NotificationResponse.ColumnCount;
        var item = NotificationResponse.Read(row);
        return new(
            item.Id, item.Channel, item.Recipient, item.Body, item.DeliveryStatus, item.Priority, item.Source,
            item.CreatedAt, item.SentAt, item.DeliveredAt,
            SendAt: row.Nullable<DateTimeOffset>(More),
            Error: row.Text(More + 1),
            ProviderMessageId: row.Text(More + 2),
            RuleId: row.Nullable<Guid>(More + 3),
            Email: ReadEmail(row, More + 8),
            Text: ReadText(row, More + 13),
            Attempts: [],
            Timeline: TimelineEvent.InOrder(
                ("accepted", row.Nullable<DateTimeOffset>(More + 17)),
                ("processed", row.Nullable<DateTimeOffset>(More + 18)),
                ("created", item.CreatedAt),
                ("sending", row.Nullable<DateTimeOffset>(More + 4)),
                ("sent", item.SentAt),
                ("delivered", item.DeliveredAt),
                ("read", row.Nullable<DateTimeOffset>(More + 5)),
                ("failed", row.Nullable<DateTimeOffset>(More + 6)),
                ("cancelled", row.Nullable<DateTimeOffset>(More + 7))));
    }

    private static EmailOfNotification? ReadEmail(NpgsqlDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(
                row.GetGuid(first), row.GetString(first + 1), row.GetString(first + 2), row.GetString(first + 3),
                row.GetFieldValue<DateTimeOffset>(first + 4));

    private static TextOfNotification? ReadText(NpgsqlDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(row.GetGuid(first), row.GetString(first + 1), row.GetString(first + 2), row.GetFieldValue<DateTimeOffset>(first + 3));

    private static NotificationAttempt ReadAttempt(NpgsqlDataReader row) => new(
        row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.Nullable<int>(3), row.Text(4), row.GetInt32(5));
}
