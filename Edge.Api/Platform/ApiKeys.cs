using System.ComponentModel;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Deletion;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Finds the caller that a key belongs to: in memory, in Redis (encrypted), in Postgres.</summary>
internal sealed class ApiKeys(HybridCache cache, NpgsqlDataSource dataSource, DemoKey demoKey, TimeProvider timeProvider)
{
    private const string FindSql = "SELECT id, user_id, scopes, expires_at FROM api_keys WHERE hash = $1 AND revoked_at IS NULL";

    private static readonly HybridCacheEntryOptions MemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableUnderlyingData,
    };

    /// <summary>The caller that the key belongs to; null when there is no such key, it was revoked, or it has ended.</summary>
    public async ValueTask<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        if (demoKey.Refuses(key))
            return null;
        var hash = ApiKeySecret.Hash(key);
        var caller = await cache.GetOrCreateAsync(
            CacheKey(hash), (dataSource, hash), static async (state, ct) => await state.dataSource.Command(FindSql, state.hash)
                .FirstAsync(
                    row => new Caller(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<string[]>(2), row.Nullable<DateTimeOffset>(3)), ct),
            cancellationToken: cancellationToken);
        return caller?.ExpiresAt <= timeProvider.GetUtcNow() ? null : caller;
    }

    /// <summary>Whether the request carries a key that this process remembers as good, without a look-up.</summary>
    public async ValueTask<bool> IsRememberedAsync(HttpRequest request) =>
        ApiKeyAuthentication.KeyOf(request) is { } key && ApiKeySecret.IsWellFormed(key)
        && await cache.GetOrCreateAsync<Caller?>(
            CacheKey(ApiKeySecret.Hash(key)), static _ => ValueTask.FromResult<Caller?>(null), MemoryOnly) is not null;

    /// <summary>Makes every process ask Postgres for this key again, within a second.</summary>
    public ValueTask ForgetAsync(byte[] hash, CancellationToken cancellationToken) => cache.RemoveAsync(CacheKey(hash), cancellationToken);

    private static string CacheKey(byte[] hash) => $"{UserDeletion.KeyCachePrefix}{Convert.ToHexStringLower(hash)}";
}

/// <summary>The caller: a key, its user, and what it may do.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="UserId">Whose key it is.</param>
/// <param name="Scopes">What it may do, as stored.</param>
/// <param name="ExpiresAt">Until when; null for as long as it is not revoked.</param>
[ImmutableObject(true)]
internal sealed record Caller(Guid KeyId, Guid UserId, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt = null)
{
    /// <summary>Whether it may do whatever there is.</summary>
    public bool IsAdmin => Scopes.Contains(Scope.Admin);

    /// <summary>Whether it may do this.</summary>
    public bool Has(string scope) => Scopes.Contains(scope) || IsAdmin;
}

internal static class CallerExtensions
{
    /// <summary>The caller, on an endpoint that needs a key.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint lets in who has no key.");
}
