using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications;

namespace Switchboard.Edge.Api.Notifications;

/// <summary><c>POST /api/notifications/{id}/retry</c>: sends what had failed once more, with attempts as at first.</summary>
internal sealed class RetryNotification(
    NpgsqlDataSource dataSource, DailyQuotas quotas, UserShares shares, JobOutbox outbox, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<Accepted<NotificationResponse>, ProblemHttpResult>>
{
    private const string Sql =
        $"""
        UPDATE notifications n
        SET delivery_status = 'pending', error = NULL, sent_at = NULL, failed_at = NULL
        WHERE n.id = $1 AND n.user_id = $2 AND n.delivery_status = 'failed' AND n.body <> ''
        RETURNING {NotificationResponse.Columns}
        """;

    public override void Configure()
    {
        Post("/api/notifications/{id:guid}/retry");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Notifications", "Send a failed notification once more")
            .Produces<NotificationResponse>(202).Refuses(401, 403, 404, 409, 429, 503));
    }

    public override async Task<Results<Accepted<NotificationResponse>, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        var userId = HttpContext.Caller().UserId;
        if (await quotas.TakeAsync(HttpContext, Quota.Notifications, userId, cancellationToken) is { } usedUp)
            return usedUp;

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await transaction.Command(Sql, id, userId).FirstAsync(NotificationResponse.Read, cancellationToken) is not { } pending)
            return await NotificationState.RefusalAsync(
                transaction, id, userId, "Only what has failed, and whose text is still kept, can be sent again.", cancellationToken);

        // not committed: it stays as it is
        if (pending.Priority == JobPriority.Critical && !HttpContext.Caller().Has(Scope.Critical))
            return Problems.MissingScope($"To send what is critical again the key must have the scope '{Scope.Critical}'.");

        var priority = shares.Take(userId, pending.Priority);
        OutgoingJob[] staged = [new(new SendNotification(Guid.CreateVersion7(timeProvider.GetUtcNow()), id, priority))];
        await outbox.CommitAsync(transaction, staged, cancellationToken);
        return TypedResults.Accepted($"/api/notifications/{id}", pending);
    }
}
