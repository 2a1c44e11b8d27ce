using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Accounts;

/// <summary>Revoke the grant of a social account that was disconnected, a row in <c>social_account_endings</c>.</summary>
/// <param name="Id">The job's id.</param>
/// <param name="AccountId">The account that is not there any more.</param>
public sealed record EndSocialAccount(Guid Id, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("end-social-account", 1, JobWorker.Dispatch, JobPriority.Low);

    /// <summary>Stops nothing: what was revoked is revoked no second time, and then the row is gone.</summary>
    public string IdempotencyKey => $"end-social-account:{AccountId}";
}

/// <summary>
/// Disconnects social accounts. In the caller's transaction the account is gone with all that is kept of it, and what is left to do, to
/// revoke its grant at its platform, is kept as a row and a job.
/// </summary>
public static class SocialDisconnection
{
    // what its requests went through, they go through to the end
    private const string Sql =
        $"""
        WITH gone AS (
            DELETE FROM social_accounts AS a USING (
                SELECT a.id, p.id AS proxy_id FROM social_accounts AS a {SocialAccountStore.ProxyJoin}
                WHERE a.user_id = $1 AND ($2::uuid IS NULL OR a.id = $2)) AS used
            WHERE a.user_id = $1 AND a.id = used.id
            RETURNING a.id, a.user_id, a.platform, a.server, a.external_id, a.handle, a.refresh_token, used.proxy_id)
        INSERT INTO social_account_endings
            (account_id, user_id, platform, server, external_id, handle, refresh_token, proxy_id, created_at)
        SELECT id, user_id, platform, server, external_id, handle, refresh_token, proxy_id, $3 FROM gone
        RETURNING account_id
        """;

    /// <summary>Disconnects an account of a user, or all of them.</summary>
    /// <param name="transaction">The caller's transaction.</param>
    /// <param name="userId">The user whose accounts they are.</param>
    /// <param name="accountId">Which; null for all.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Ends it; then they are still there.</param>
    public static async Task<DisconnectedAccounts> RunAsync(
        NpgsqlTransaction transaction, Guid userId, Guid? accountId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var gone = await transaction.Command(Sql, userId, accountId, now).ListAsync(row => row.GetGuid(0), cancellationToken);
        return new([.. gone], [], [.. gone.Select(id => new OutgoingJob(new EndSocialAccount(Guid.CreateVersion7(now), id)))]);
    }
}
