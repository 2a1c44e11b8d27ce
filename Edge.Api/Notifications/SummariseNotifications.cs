using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Notifications;

/// <summary>How many notifications there are.</summary>
/// <param name="Total">In all.</param>
/// <param name="Delivered">Those that reached their recipient, read ones included.</param>
/// <param name="Failed">Those that did not and will not.</param>
/// <param name="Last24h">Those made in the last 24 hours.</param>
/// <param name="Last7d">Those made in the last 7 days.</param>
internal sealed record NotificationSummary(long Total, long Delivered, long Failed, long Last24h, long Last7d);

/// <summary><c>GET /api/notifications/summary</c>.</summary>
internal sealed class SummariseNotifications(NpgsqlDataSource database, TimeProvider clock)
    : EndpointWithoutRequest<Ok<NotificationSummary>>
{
    // the first from idx_notifications_user_status_sent alone, the second from the newest end of idx_notifications_user
    private const string Sql =
        """
        SELECT states.total, states.delivered, states.failed, recent.last_24h, recent.last_7d
        FROM (
            SELECT count(*) AS total,
                   count(*) FILTER (WHERE delivery_status IN ('delivered', 'read')) AS delivered,
                   count(*) FILTER (WHERE delivery_status = 'failed') AS failed
            FROM notifications WHERE user_id = $1
        ) states, (
            SELECT count(*) FILTER (WHERE created_at >= $2) AS last_24h, count(*) AS last_7d
            FROM notifications WHERE user_id = $1 AND id > $4 AND created_at >= $3
        ) recent
        """;

    public override void Configure()
    {
        Get("/api/notifications/summary");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Count notifications")
            .Produces<NotificationSummary>().Refuses(401, 403, 429, 503));
    }

    public override async Task<Ok<NotificationSummary>> ExecuteAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var weekAgo = now.AddDays(-7);
        var summary = await database
            .Command(Sql, HttpContext.Caller().UserId, now.AddDays(-1), weekAgo, TimeOrderedId.Before(weekAgo))
            .FirstAsync(
                row => new NotificationSummary(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), ct);
        return TypedResults.Ok(summary);
    }
}
