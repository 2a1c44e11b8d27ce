using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Core.Social.Accounts;

/// <summary>
/// What the caches of all processes hold of accounts, groups and proxies, for what the API shows; publishing reads none of it. To be
/// forgotten after the commit that changed it, when no connection is held.
/// </summary>
public sealed class SocialAccountCache(HybridCache cache)
{
    /// <summary>An account: <c>account:{user}:{id}</c>.</summary>
    public const string Account = "account";

    /// <summary>A page of accounts: <c>accounts:{user}:{query}</c>.</summary>
    public const string Accounts = "accounts";

    /// <summary>A proxy: <c>proxy:{user}:{id}</c>.</summary>
    public const string Proxy = "proxy";

    /// <summary>A group: <c>group:{user}:{id}</c>.</summary>
    public const string Group = "group";

    /// <summary>All of a user.</summary>
    public static string TagOf(Guid userId) => $"social:{userId}";

    /// <summary>What is said of an account: itself, and the pages that it is on.</summary>
    public static string TagOfAccount(Guid accountId) => $"social-account:{accountId}";

    /// <summary>An account has changed: it and the lists of its user are read again, within a second.</summary>
    public async Task ForgetAsync(Guid userId, Guid accountId, CancellationToken cancellationToken = default)
    {
        await cache.RemoveByTagAsync(TagOfAccount(accountId), cancellationToken);
        await cache.RemoveByTagAsync(TagOfLists(userId), cancellationToken);
    }

    /// <summary>Much of a user has changed: all of it is read again, within a second.</summary>
    public ValueTask ForgetAsync(Guid userId, CancellationToken cancellationToken = default) =>
        cache.RemoveByTagAsync(TagOf(userId), cancellationToken);

    /// <summary>An account, from memory, Redis or the database.</summary>
    public ValueTask<T?> AccountAsync<T>(
        Guid userId, Guid accountId, Func<CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class => GetAsync(
            $"{Account}:{userId}:{accountId}", read, [TagOf(userId), TagOfAccount(accountId)], cancellationToken);

    /// <summary>A page of a list of accounts.</summary>
    public ValueTask<T?> ListAsync<T>(
        Guid userId, string query, Func<CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class => GetAsync($"{Accounts}:{userId}:{query}", read, [TagOf(userId), TagOfLists(userId)], cancellationToken);

    /// <summary>A proxy.</summary>
    public ValueTask<T?> ProxyAsync<T>(
        Guid userId, Guid proxyId, Func<CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class => GetAsync($"{Proxy}:{userId}:{proxyId}", read, [TagOf(userId)], cancellationToken);

    /// <summary>A group.</summary>
    public ValueTask<T?> GroupAsync<T>(
        Guid userId, Guid groupId, Func<CancellationToken, Task<T?>> read, CancellationToken cancellationToken)
        where T : class => GetAsync($"{Group}:{userId}:{groupId}", read, [TagOf(userId)], cancellationToken);

    private static string TagOfLists(Guid userId) => $"{Accounts}:{userId}";

    private ValueTask<T?> GetAsync<T>(
        string key, Func<CancellationToken, Task<T?>> read, string[] tags, CancellationToken cancellationToken)
        where T : class => cache.GetOrCreateAsync(
            key, read, static async (read, token) => await read(token), tags: tags, cancellationToken: cancellationToken);
}

/// <summary>The namespaces of the cache.</summary>
public static class SocialCaches
{
    /// <summary>Accounts and their lists, proxies and groups, for who reads them and who only clears them.</summary>
    public static CacheBuilder SocialAccounts(this CacheBuilder cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return cache
            .Namespace(SocialAccountCache.Account, ttl: CacheTtl.MediumLife, maxEntries: 10_000, keepsNothing: false)
            .Namespace(SocialAccountCache.Accounts, ttl: CacheTtl.ShortLife, maxEntries: 1_000)
            .Namespace(SocialAccountCache.Proxy, ttl: CacheTtl.ShortLife, maxEntries: 1_000, keepsNothing: false)
            .Namespace(SocialAccountCache.Group, ttl: CacheTtl.MediumLife, maxEntries: 1_000, keepsNothing: false);
    }
}
