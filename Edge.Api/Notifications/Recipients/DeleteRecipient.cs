using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;
using Switchboard.Core.Notifications.Recipients;

namespace Switchboard.Edge.Api.Notifications.Recipients;

/// <summary>
/// <c>DELETE /api/recipients/{id}</c>: the recipient with all that is theirs. When it answers they are gone with their addresses, topics
/// and preferences; of very many notifications the rest goes soon.
/// </summary>
internal sealed class DeleteRecipient(NpgsqlDataSource dataSource, PreferenceStore preferences, JobOutbox outbox, TimeProvider timeProvider)
    : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/recipients/{id}");
        Policies(Scope.Notifications);
        Description(endpoint => endpoint.Titled("Recipients", "Delete a recipient with all that is theirs")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken ct)
    {
        var (userId, id) = (HttpContext.Caller().UserId, RecipientId.OfRoute(HttpContext));
        if (RecipientId.ErrorOf(id) is not null || await DeleteAsync(userId, id, ct) is not { } deleted)
            return Problems.NotFound("recipient", id);
        await preferences.ForgetAsync(userId, deleted.Id);
        await outbox.FlushAsync(deleted.Jobs, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private async Task<DeletedRecipient?> DeleteAsync(Guid userId, string id, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var deleted = await RecipientDeletion.RunAsync(transaction, userId, id, timeProvider.GetUtcNow(), cancellationToken);
        if (deleted is null)
            return null;
        await outbox.StageAsync(connection, transaction, deleted.Jobs, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted;
    }
}
