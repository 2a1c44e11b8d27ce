using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Providers.OAuth;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// Which accounts a user has: in memory, in Redis, in Postgres. For what asks whether an account is its caller's, not for what depends on
/// its present status. And what to remove of the caches of every process when an account has changed.
/// </summary>
internal sealed class AccountCache(HybridCache cache, AccountStore store)
{
    /// <summary>Which accounts a user has.</summary>
    public const string CacheNamespace = "account-verification";

    /// <summary>
    /// The accounts that a question is about, with their present versions: all that the user has, or one; none when that is another's, or
    /// not there.
    /// </summary>
    public async Task<OwnedAccounts> FindAsync(Guid userId, Guid? accountId, CancellationToken cancellationToken)
    {
        var all = await cache.GetOrCreateAsync(
            CacheKey(userId), (store, userId),
            static async (state, cancellationToken) => await state.store.ListIdsAsync(state.userId, cancellationToken),
            cancellationToken: cancellationToken);
        return await store.FindOwnedAsync(userId, accountId is { } one ? all.Contains(one) ? [one] : [] : all, cancellationToken);
    }

    /// <summary>
    /// Makes every process ask again, within a second: whose the account is, what lists and analytics say of its mail, and for an access
    /// token, since one that was got with a former refresh token must not be used any more. To be called after the commit, when no
    /// connection is held; it is done also when the caller has gone.
    /// </summary>
    public async ValueTask ForgetAsync(Guid userId, Guid accountId)
    {
        await cache.RemoveAsync(CacheKey(userId), CancellationToken.None);
        await cache.RemoveAsync(OAuthTokens.CacheKey(accountId), CancellationToken.None);
        await cache.RemoveByTagAsync(UserDeletion.CacheTag(userId), CancellationToken.None);
    }

    private static string CacheKey(Guid userId) => $"{CacheNamespace}:{userId}";
}
