using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;
using Switchboard.Core.Security;
using Switchboard.Core.Social;
using Switchboard.Core.Social.Accounts;
using Switchboard.Core.Social.Posts;

namespace Switchboard.Workers.Dispatch.Social.Accounts;

/// <summary>
/// Ends what accounts leave that were disconnected: posts that were to go to them, and their grants at their platforms. What a platform
/// does not revoke in all the tries ends by itself; it keeps no user from being deleted. Without the proxy that the account went through
/// nothing is asked.
/// </summary>
internal sealed partial class EndSocialAccountHandler(
    AccountEndingStore store, SocialAuthorizations authorizations, SecretProtector secrets, ILogger<EndSocialAccountHandler> logger)
    : IJobHandler<EndSocialAccount>
{
    public async Task<IReadOnlyList<JobOutcome>> HandleAsync(
        IReadOnlyList<JobDelivery<EndSocialAccount>> batch, CancellationToken cancellationToken) =>
        await Task.WhenAll(batch.Select(delivery => EndAsync(delivery, cancellationToken)));

    private async Task<JobOutcome> EndAsync(JobDelivery<EndSocialAccount> delivery, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(delivery.Job.UserId, delivery.Job.AccountId, cancellationToken) is not { } ending)
            return JobOutcome.Done;
        await store.EndPostsAsync(ending, cancellationToken);
        var left = ending.IsRevocable ? await RevokeAsync(ending, cancellationToken) : null;
        if (left is not null && !delivery.IsLastAttempt)
            return JobOutcome.Retry(left);
        if (left is not null)
            Log.GivenUp(logger, ending.Account.Platform, left);
        await store.DeleteAsync(ending.Account, cancellationToken);
        return JobOutcome.Done;
    }

    private async Task<string?> RevokeAsync(AccountEnding ending, CancellationToken cancellationToken)
    {
        try
        {
            var grant = SocialGrant.Unprotect(secrets, ending.Grant, ending.Account.Id);
            await authorizations.RevokeAsync(ending.Account, grant, cancellationToken);
            return null;
        }
        catch (ProviderException reason) when (
            reason.Kind is FailureKind.GrantRevoked or FailureKind.Unauthorized or FailureKind.NotFound or FailureKind.Permanent)
        {
            return null; // it is not good any more, or there is nothing that knows of it
        }
        catch (ProviderException reason)
        {
            return reason.Failure.Error;
        }
        catch (Exception reason) when (reason is not OperationCanceledException && !DatabaseFailure.IsUnavailable(reason))
        {
            // an answer or a grant that nobody can read: it keeps no user either
            return $"{reason.GetType().Name}: {reason.Message}";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error,
            Message = "What {Platform} has of an account that was disconnected was not revoked, and ends by itself: {Reason}")]
        public static partial void GivenUp(ILogger logger, Redacted platform, Redacted reason);
    }
}

/// <summary>What is to be revoked of an account that was disconnected.</summary>
/// <param name="Account">The account as it was.</param>
/// <param name="Grant">What opened it, encrypted.</param>
/// <param name="OpenPosts">Posts that were not finished when it went.</param>
/// <param name="IsRevocable">Not where it was connected again: the grant may be that one's. Not where its proxy is gone, either.</param>
internal sealed record AccountEnding(SocialAccount Account, byte[] Grant, Guid[] OpenPosts, bool IsRevocable);

/// <summary>The rows of <c>social_account_endings</c>.</summary>
internal sealed class AccountEndingStore(NpgsqlDataSource dataSource, SocialProxyStore proxies, TimeProvider timeProvider)
{
    private const int PostsAtOnce = 500;

    private const string FindSql =
        """
        SELECT e.account_id, e.user_id, e.platform, e.server, e.external_id, e.handle, e.refresh_token, e.proxy_id,
               e.open_posts, EXISTS (SELECT FROM social_accounts AS a
                   WHERE a.platform = e.platform AND a.server = e.server AND a.external_id = e.external_id)
        FROM social_account_endings AS e
        WHERE e.user_id = $1 AND e.account_id = $2
        """;

    public async Task<AccountEnding?> FindAsync(Guid userId, Guid accountId, CancellationToken cancellationToken)
    {
        var found = await dataSource.Command(FindSql, userId, accountId).FirstAsync(
            row => new Stored(
                new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), "", null),
                row.GetFieldValue<byte[]>(6), row.Nullable<Guid>(7), row.GetFieldValue<Guid[]>(8), row.GetBoolean(9)),
            cancellationToken);
        if (found is null)
            return null;
        var proxy = found.ProxyId is { } id ? await proxies.FindAddressAsync(found.Account.UserId, id, cancellationToken) : null;
        return new(
            found.Account with { Proxy = proxy }, found.Grant, found.OpenPosts,
            !found.IsConnectedAgain && (proxy is null) == (found.ProxyId is null));
    }

    /// <summary>Has the posts that were to go to it end as what is left of them says; done twice it changes nothing.</summary>
    public async Task EndPostsAsync(AccountEnding ending, CancellationToken cancellationToken)
    {
        foreach (var posts in ending.OpenPosts.Chunk(PostsAtOnce))
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await PostStore.LoseTargetsAsync(transaction, ending.Account.UserId, posts, timeProvider.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }

    private const string DeleteSql = "DELETE FROM social_account_endings WHERE account_id = $1 AND user_id = $2";

    public Task DeleteAsync(SocialAccount account, CancellationToken cancellationToken) =>
        dataSource.Command(DeleteSql, account.Id, account.UserId).RunAsync(cancellationToken);

    private sealed record Stored(SocialAccount Account, byte[] Grant, Guid? ProxyId, Guid[] OpenPosts, bool IsConnectedAgain);
}
