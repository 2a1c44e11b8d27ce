using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// End what a social account leaves that was disconnected, a row in <c>social_account_endings</c>: the posts that were to go to it, and its
/// grant.
/// </summary>
/// <param name="Id">The job's id.</param>
/// <param name="UserId">Whose it was.</param>
/// <param name="AccountId">The account that is not there any more.</param>
public sealed record EndSocialAccount(Guid Id, Guid UserId, Guid AccountId) : IJob
{
    /// <inheritdoc/>
    public static JobType Type { get; } = new("end-social-account", 1, JobWorker.Dispatch, JobPriority.Low);

    /// <summary>Stops nothing: what was ended is ended no second time, and then the row is gone.</summary>
    public string IdempotencyKey => $"end-social-account:{AccountId}";
}

/// <summary>
/// Disconnects social accounts. In the caller's transaction the account is gone with all that is kept of it, and what is left to do
/// (<see cref="EndSocialAccount"/>) is kept as a row and a job.
/// </summary>
public static class SocialDisconnection
{
    // what its requests went through, they go through to the end; of a user who goes with all accounts the posts go too
    private const string Sql =
        $"""
        WITH gone AS (
            DELETE FROM social_accounts AS a USING (
                SELECT a.id, p.id AS proxy_id, CASE WHEN $2::uuid IS NULL THEN ARRAY[]::uuid[] ELSE ARRAY(
                    SELECT t.post_id FROM social_post_targets AS t
                    WHERE t.user_id = $1 AND t.account_id = a.id
                      AND t.state NOT IN ('published', 'failed', 'cancelled', 'deleted')) END AS posts
                FROM social_accounts AS a {SocialAccountStore.ProxyJoin}
                WHERE a.user_id = $1 AND ($2::uuid IS NULL OR a.id = $2)) AS used
            WHERE a.user_id = $1 AND a.id = used.id
            RETURNING a.id, a.user_id, a.platform, a.server, a.external_id, a.handle, a.refresh_token, used.proxy_id,
                used.posts)
        INSERT INTO social_account_endings
            (account_id, user_id, platform, server, external_id, handle, refresh_token, proxy_id, open_posts, created_at)
        SELECT id, user_id, platform, server, external_id, handle, refresh_token, proxy_id, posts, $3 FROM gone
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
        return new([.. gone], [], [.. gone.Select(id => new OutgoingJob(new EndSocialAccount(Guid.CreateVersion7(now), userId, id)))]);
    }
}
