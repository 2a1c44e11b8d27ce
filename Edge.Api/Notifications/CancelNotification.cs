using Switchboard.Core.Events;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary><c>POST /api/notifications/{id}/cancel</c>: takes back what was not sent yet.</summary>
internal sealed class CancelNotification(
    NpgsqlDataSource dataSource, ScheduledJobs scheduledJobs, JobOutbox outbox, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Ok<NotificationResponse>, ProblemHttpResult>>
{
    private const string Sql =
        $"""
        UPDATE notifications n
        SET delivery_status = 'cancelled', cancelled_at = $3
        WHERE n.id = $1 AND n.user_id = $2 AND n.delivery_status = 'pending'
        RETURNING {NotificationResponse.Columns}
        """;

    public override void Configure()
    {
        Post("/api/notifications/{id:guid}/cancel");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Cancel a notification that has not been sent")
            .Produces<NotificationResponse>().Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Ok<NotificationResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        var now = timeProvider.GetUtcNow();

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await transaction.Command(Sql, id, userId, now).FirstAsync(NotificationResponse.Read, cancellationToken) is not { } cancelled)
            return await NotificationState.RefusalAsync(
                transaction, id, userId, "Only what is pending can be cancelled.", cancellationToken);

        var staged = RecordEvents.Of(
            [EventRecord.Of(NotificationEvents.Cancelled, userId, id, cancelled.Channel, now)], timeProvider);
        await outbox.CommitAsync(transaction, staged, cancellationToken);
        // for tidiness: a send that finds its notification cancelled does nothing
        await scheduledJobs.DeleteAsync([id], CancellationToken.None);
        return TypedResults.Ok(cancelled);
    }
}
