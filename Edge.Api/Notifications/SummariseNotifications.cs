using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>How many notifications there were, as far as the roll-ups go back; what happened in the last seconds may be missing.</summary>
/// <param name="Total">All notifications.</param>
/// <param name="Delivered">Those that reached their recipient, read ones included.</param>
/// <param name="Failed">Those that were given up; one that is sent again and given up again counts twice.</param>
/// <param name="Last24h">Those made in the last 24 hours.</param>
/// <param name="Last7d">Those made in the last 7 days.</param>
internal sealed record NotificationSummary(long Total, long Delivered, long Failed, long Last24h, long Last7d);

/// <summary><c>GET /api/notifications/summary</c>.</summary>
internal sealed class SummariseNotifications(ReadDatabase database, QueryMonitor queries, TimeProvider timeProvider)
    : EndpointWithoutRequest<Ok<NotificationSummary>>
{
    // of the roll-ups, a row for each hour and channel in which something happened, never of the notifications: a user may have millions
    private const string Sql =
        """
        SELECT hours.created, hours.delivered, hours.failed, recent.last_24h, recent.last_7d
        FROM (
            SELECT coalesce(sum(created), 0)::bigint AS created, coalesce(sum(delivered), 0)::bigint AS delivered,
                   coalesce(sum(failed), 0)::bigint AS failed
            FROM notification_rollups WHERE user_id = $1 AND granularity = 'hour'
        ) hours, (
            SELECT coalesce(sum(created) FILTER (WHERE bucket >= $2), 0)::bigint AS last_24h, coalesce(sum(created), 0)::bigint AS last_7d
            FROM notification_rollups WHERE user_id = $1 AND granularity = 'minute' AND bucket >= $3
        ) recent
        """;

    public override void Configure()
    {
        Get("/api/notifications/summary");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Count notifications")
            .Produces<NotificationSummary>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<NotificationSummary>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var userId = HttpContext.Caller().UserId;
        var summary = await database.ReadAsync(
            userId,
            source => queries.RunAsync(
                "notification-summary",
                source.Command(Sql, userId, now.AddDays(-1), now.AddDays(-7)),
                (command, ct) => command.FirstAsync(
                    row => new NotificationSummary(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)),
                    ct),
                cancellationToken),
            cancellationToken);
        return TypedResults.Ok(summary);
    }
}
