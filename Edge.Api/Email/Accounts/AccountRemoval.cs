using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// Takes an account away: its tokens, its syncs and its requests go with its row, what was tracked of it is deleted by a job that is
/// staged in the same transaction.
/// </summary>
internal sealed class AccountRemoval(NpgsqlDataSource database, JobOutbox outbox, AccountChanges changes)
{
    private const string Sql = "DELETE FROM mailboxes WHERE id = $1 AND user_id = $2 AND ($3::text IS NULL OR provider = $3)";

    /// <summary>Whether there was one.</summary>
    /// <param name="id">The account.</param>
    /// <param name="userId">Whose it must be.</param>
    /// <param name="provider">Of which provider it must be; null for any.</param>
    /// <param name="cancellation">Ends it; then it is still there.</param>
    public async Task<bool> RemoveAsync(Guid id, Guid userId, string? provider, CancellationToken cancellation)
    {
        OutgoingJob[] staged = [new(new DeleteAccountData(Guid.CreateVersion7(), id))];
        if (!await DeleteAsync(id, userId, provider, staged, cancellation))
            return false;

        await changes.AnnounceAsync(userId, id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return true;
    }

    // in a method of its own, so that the connection is back before another one is asked for
    private async Task<bool> DeleteAsync(Guid id, Guid userId, string? provider, OutgoingJob[] staged, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var tx = await connection.BeginTransactionAsync(cancellation);
        if (await tx.Command(Sql, id, userId, provider).RunAsync(cancellation) == 0)
            return false;
        await outbox.StageAsync(connection, tx, staged, cancellation);
        await tx.CommitAsync(cancellation);
        return true;
    }
}
