using Npgsql;
using Switchboard.Core.Email;
using Switchboard.Core.Jobs;
using Switchboard.Core.Security;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// Writes an account whose owner has consented. The authorization is used up in the transaction that connects its mailbox: whatever
/// fails before leaves it good for another try within its ten minutes, and of two that end it at once one connects.
/// </summary>
internal sealed class ConnectedAccounts(
    NpgsqlDataSource database, JobOutbox outbox, SecretProtector secrets, AccountChanges changes, TimeProvider clock)
{
    private const string UseSql = "DELETE FROM account_connections WHERE id = $1";

    // what was tracked before goes on to be, unless something was said about it
    private const string Sql =
        """
        INSERT INTO mailboxes AS m (id, user_id, provider, address, refresh_token, status, tracking, tracking_since, created_at)
        VALUES ($1, $2, 'microsoft', $3, $4, 'active', coalesce($5::jsonb, $6::jsonb), $7, $7)
        ON CONFLICT (provider, lower(address)) DO UPDATE
        SET refresh_token = excluded.refresh_token, status = 'active', status_reason = NULL,
            tracking = coalesce($5::jsonb, m.tracking),
            tracking_since = CASE WHEN coalesce($5::jsonb, m.tracking) IS NOT NULL THEN coalesce(m.tracking_since, $7) END
        WHERE m.user_id = excluded.user_id
        RETURNING m.id
        """;

    private const string FollowSql = "INSERT INTO graph_mailboxes (mailbox_id) VALUES ($1) ON CONFLICT DO NOTHING";

    /// <summary>Connects the mailbox, or its user's own once more.</summary>
    /// <param name="open">What was begun.</param>
    /// <param name="address">The mailbox's address.</param>
    /// <param name="refreshToken">What its owner granted.</param>
    /// <param name="cancellation">Ends it; then nothing is kept.</param>
    public async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> ConnectAsync(
        OpenConnection open, string address, string refreshToken, CancellationToken cancellation)
    {
        var staged = new List<OutgoingJob>();
        var (account, refusal) = await WriteAsync(open, address, refreshToken, staged, cancellation);
        if (account is null)
            return (null, refusal);

        await changes.AnnounceAsync(open.UserId, account.Id);
        await outbox.FlushAsync(staged, CancellationToken.None);
        return (account, null);
    }

    // in a method of its own, so that the connection is back before another one is asked for
    private async Task<(AccountResponse? Account, ConnectionRefusal? Refusal)> WriteAsync(
        OpenConnection open, string address, string refreshToken, List<OutgoingJob> staged, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var tx = await connection.BeginTransactionAsync(cancellation);
        if (await tx.Command(UseSql, open.Id).RunAsync(cancellation) == 0)
            return (null, ConnectionRefusal.Unknown);
        var written = await tx.Command(
            Sql, Guid.CreateVersion7(now), open.UserId, address, secrets.Protect(refreshToken, AccountTokens.RefreshTokenPurpose),
            open.Tracking, TrackingJson.Write(TrackingPolicy.All), now).ListAsync(row => row.GetGuid(0), cancellation);
        if (written is not [var id])
            return (null, ConnectionRefusal.Taken);

        await tx.Command(FollowSql, id).RunAsync(cancellation);
        staged.Add(new(new FollowAccount(Guid.CreateVersion7(now), id)));
        await outbox.StageAsync(connection, tx, staged, cancellation);
        var account = await AccountResponse.FindAsync(tx, id, open.UserId, cancellation);
        await tx.CommitAsync(cancellation);
        return (account, null);
    }
}
