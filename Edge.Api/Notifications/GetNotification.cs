using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>A notification and all that happened to it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Channel">The channel that it is sent over.</param>
/// <param name="Recipient">The recipient, in the form of the channel.</param>
/// <param name="Body">What it says.</param>
/// <param name="DeliveryStatus">pending, sending, sent, delivered, read, failed or cancelled.</param>
/// <param name="Priority">How soon it is sent.</param>
/// <param name="Source">Where it comes from: <c>email</c>, <c>text</c> (an SMS), <c>tracking</c> or <c>api</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="SentAt">When the provider took it.</param>
/// <param name="DeliveredAt">When it reached its recipient.</param>
/// <param name="SendAt">Not to be sent before this time.</param>
/// <param name="Error">The last error.</param>
/// <param name="ProviderMessageId">The provider's id of the message.</param>
/// <param name="RuleId">The rule that matched the mail or SMS.</param>
/// <param name="Email">The mail that led to it.</param>
/// <param name="Text">The SMS that led to it.</param>
/// <param name="Attempts">Its attempts, the first one first.</param>
/// <param name="Timeline">What happened, oldest first.</param>
internal sealed record NotificationDetail(
    Guid Id,
    string Channel,
    string Recipient,
    string Body,
    DeliveryStatus DeliveryStatus,
    JobPriority Priority,
    string Source,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt,
    DateTimeOffset? SendAt,
    string? Error,
    string? ProviderMessageId,
    Guid? RuleId,
    EmailOfNotification? Email,
    SmsOfNotification? Text,
    IReadOnlyList<NotificationAttempt> Attempts,
    IReadOnlyList<TimelineEvent> Timeline);

/// <summary>The mail that led to a notification.</summary>
internal sealed record EmailOfNotification(Guid Id, string MessageId, string From, string Subject, DateTimeOffset ReceivedAt);

/// <summary>The SMS that led to a notification.</summary>
internal sealed record SmsOfNotification(Guid Id, string MessageSid, string From, DateTimeOffset ReceivedAt);

/// <summary>An attempt to send a notification.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When it started.</param>
/// <param name="Outcome">sent, transient, permanent or unknown.</param>
/// <param name="ProviderStatus">The status that the provider answered.</param>
/// <param name="Error">The error that the provider answered.</param>
/// <param name="DurationMs">How long the answer took, in milliseconds.</param>
internal sealed record NotificationAttempt(
    int Number, DateTimeOffset At, string Outcome, int? ProviderStatus, string? Error, int DurationMs);

/// <summary>Something that happened to a notification.</summary>
/// <param name="Event">accepted (by the webhook), processed, created, sending, sent, delivered, read, failed or cancelled.</param>
/// <param name="At">When it happened.</param>
internal sealed record TimelineEvent(string Event, DateTimeOffset At)
{
    /// <summary>What has happened, in the order of time; at the same time, in the order in which it is given.</summary>
    public static IReadOnlyList<TimelineEvent> InOrder(params ReadOnlySpan<(string Event, DateTimeOffset? At)> events)
    {
        var happened = new List<TimelineEvent>();
        foreach (var (name, at) in events)
        {
            if (at is { } time)
                happened.Add(new(name, time));
        }

        return [.. happened.OrderBy(step => step.At)];
    }
}

/// <summary><c>GET /api/notifications/{id}</c>: with every attempt, and the way from the webhook to the delivery.</summary>
internal sealed class GetNotification(NpgsqlDataSource dataSource) : GetByIdEndpoint<NotificationDetail>("notification")
{
    // rows of before migration 15 have their source in a column for each kind
    private const string Sql =
        $"""
        SELECT {NotificationResponse.Columns},
               n.send_at, n.error, n.provider_message_id, n.rule_id, n.sending_at, n.read_at, n.failed_at, n.cancelled_at,
               e.id, e.message_id, e.sender, e.subject, e.received_at,
               t.id, t.message_sid, t.sender, t.received_at,
               COALESCE(e.accepted_at, t.received_at), COALESCE(e.processed_at, t.processed_at)
        FROM notifications n
        LEFT JOIN emails e ON e.id = CASE n.source WHEN 'email' THEN coalesce(n.source_id, n.email_id) END
        LEFT JOIN sms_messages t ON t.id = CASE n.source WHEN 'text' THEN coalesce(n.source_id, n.text_id) END
        WHERE n.id = $1 AND n.user_id = $2
        """;

    private const string AttemptsSql =
        """
        SELECT a.number, a.at, a.outcome, a.provider_status, a.error, a.duration_ms
        FROM notifications n
        JOIN notification_attempts a ON a.notification_id = n.id
        WHERE n.id = $1 AND n.user_id = $2
        ORDER BY a.number
        LIMIT 1000
        """;

    public override void Configure() =>
        Read("/api/notifications/{id:guid}", Scope.Notifications, "Notifications", "Read a notification, its attempts and its timeline");

    protected override async Task<NotificationDetail?> FindAsync(Guid userId, Guid id, CancellationToken cancellationToken)
    {
        var detail = await dataSource.Command(Sql, id, userId).FirstAsync(Read, cancellationToken);
        return detail is null
            ? null
            : detail with { Attempts = await dataSource.Command(AttemptsSql, id, userId).ListAsync(ReadAttempt, cancellationToken) };
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
            Text: ReadSms(row, More + 13),
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

    private static SmsOfNotification? ReadSms(NpgsqlDataReader row, int first) =>
        row.IsDBNull(first)
            ? null
            : new(row.GetGuid(first), row.GetString(first + 1), row.GetString(first + 2), row.GetFieldValue<DateTimeOffset>(first + 3));

    private static NotificationAttempt ReadAttempt(NpgsqlDataReader row) => new(
        row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1), row.GetString(2), row.Nullable<int>(3), row.Text(4), row.GetInt32(5));
}
