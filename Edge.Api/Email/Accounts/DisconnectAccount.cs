using FastEndpoints;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>DELETE /api/accounts/email/{id}</c>: it is not read any more, its token is gone, and what was tracked of it soon is too.</summary>
internal sealed class DisconnectAccount(AccountRemoval accounts) : EndpointWithoutRequest<Results<NoContent, ProblemHttpResult>>
{
    public override void Configure()
    {
        Delete("/api/accounts/email/{id:guid}");
        Policies(Scope.Mail);
        Description(endpoint => endpoint.Titled("Accounts", "Disconnect a mailbox and delete what was tracked of it")
            .Produces(204).Refuses(401, 403, 404, 429, 503));
    }

    public override async Task<Results<NoContent, ProblemHttpResult>> ExecuteAsync(CancellationToken cancellationToken)
    {
        var id = Route<Guid>("id");
        return await accounts.RemoveAsync(id, HttpContext.Caller().UserId, provider: null, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("account", id);
    }
}

/// <summary>
/// Deletes an account: its tokens, its syncs and its requests go with its row, what was tracked of it is deleted by a job that is
/// staged in the same transaction.
/// </summary>
internal sealed class AccountRemoval(NpgsqlDataSource dataSource, JobOutbox outbox, AccountCache cache, TimeProvider timeProvider)
{
    /// <summary>Whether there was one.</summary>
    /// <param name="id">The account.</param>
    /// <param name="userId">Whose it must be.</param>
    /// <param name="provider">Of which provider it must be; null for any.</param>
    /// <param name="cancellationToken">Ends it; then it is still there.</param>
    public async Task<bool> RemoveAsync(Guid id, Guid userId, string? provider, CancellationToken cancellationToken)
    {
        OutgoingJob[] staged = [new(new DeleteAccountData(Guid.CreateVersion7(timeProvider.GetUtcNow()), id))];
        if (!await DeleteAsync(id, userId, provider, staged, cancellationToken))
            return false;

        await cache.ForgetAsync(userId, id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return true;
    }

    // the connection is back in the pool when this returns: none is held while Redis and the broker are called
    private async Task<bool> DeleteAsync(Guid id, Guid userId, string? provider, OutgoingJob[] staged, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await AccountStore.DeleteAsync(transaction, id, userId, provider, cancellationToken))
            return false;
        await outbox.StageAsync(connection, transaction, staged, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
