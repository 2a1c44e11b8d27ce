using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>A notification as lists show it.</summary>
internal sealed record NotificationResponse(
    Guid Id,
    string Channel,
    string Recipient,
    string Body,
    DeliveryStatus DeliveryStatus,
    JobPriority Priority,
    string Source,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    DateTimeOffset? DeliveredAt)
{
    /// <summary>The columns, in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns =
        "n.id, n.channel, n.recipient, n.body, n.delivery_status, n.priority, n.source, n.created_at, n.sent_at, n.delivered_at";

    /// <summary>How many <see cref="Columns"/> are.</summary>
    public const int ColumnCount = 10;

    /// <summary>Reads a row of <see cref="Columns"/>.</summary>
    public static NotificationResponse Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        DeliveryStatuses.Parse(row.GetString(4)),
        (JobPriority)row.GetInt16(5),
        row.GetString(6),
        row.GetFieldValue<DateTimeOffset>(7),
        row.Nullable<DateTimeOffset>(8),
        row.Nullable<DateTimeOffset>(9));
}

/// <summary>Why a notification could not be moved to another state.</summary>
internal static class NotificationState
{
    private const string Sql = "SELECT delivery_status FROM notifications WHERE id = $1 AND user_id = $2";

    /// <summary>404 when it is not there, 409 when its state is in the way.</summary>
    public static async Task<ProblemHttpResult> RefusalAsync(
        NpgsqlTransaction transaction, Guid id, Guid userId, string rule, CancellationToken cancellationToken) =>
        await transaction.Command(Sql, id, userId).FirstAsync(row => row.GetString(0), cancellationToken) is { } state
            ? Problems.Conflict($"The notification is {state}. {rule}")
            : Problems.NotFound("notification", id);
}
