using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary><c>DELETE /api/accounts/email/{id}</c>: it is gone at once; its grant, its mail and what was made of it soon are too.</summary>
internal sealed class DisconnectAccount(AccountRemoval accounts) : DeleteByIdEndpoint("account")
{
    public override void Configure() =>
        Delete("/api/accounts/email/{id:guid}", Scope.Mail, "Accounts", "Disconnect a mailbox and delete what was tracked of it");

    protected override Task<bool> DeleteAsync(Caller caller, Guid id, CancellationToken cancellationToken) =>
        accounts.RemoveAsync(id, caller.UserId, provider: null, cancellationToken);
}

/// <summary>
/// Disconnects an account: it is gone at once, with its syncs and requests. Its subscription, watch and grant are ended, and what came of
/// its mail is deleted, by jobs that are staged in the same transaction.
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
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var gone = await AccountDisconnection.RunAsync(transaction, userId, id, provider, timeProvider.GetUtcNow(), cancellationToken);
        if (gone.Ids.Length == 0)
            return false;
        await outbox.CommitAsync(transaction, gone.Jobs, cancellationToken);
        await cache.ForgetAsync(userId, id);
        return true;
    }
}
