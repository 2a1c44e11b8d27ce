using System.ComponentModel;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Switchboard.Core.Deletion;
using Switchboard.Core.Security;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Finds the caller that a key belongs to: in memory, in Redis (encrypted), in Postgres.</summary>
internal sealed class ApiKeys(HybridCache cache, NpgsqlDataSource dataSource, DemoKey demoKey, TimeProvider timeProvider) : IDisposable
{
    private const string FindSql = "SELECT id, user_id, scopes, expires_at FROM api_keys WHERE hash = $1 AND revoked_at IS NULL";

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    // which keys were good of late: not what they may do, which is looked up again and again
    private readonly MemoryCache _known = new(new MemoryCacheOptions { SizeLimit = 20_000 });

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
        if (caller is null || caller.ExpiresAt <= timeProvider.GetUtcNow())
        {
            _known.Remove(CacheKey(hash));
            return null;
        }

        if (!_known.TryGetValue(CacheKey(hash), out _))
            _known.Set(CacheKey(hash), true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Remembered });
        return caller;
    }

    /// <summary>Whether the request carries a key that this process found good within the last ten minutes: it is worth a look-up,
    /// though its address has tried many that are not. Nobody who does not have the key can make it so.</summary>
    public bool IsRemembered(HttpRequest request) =>
        ApiKeyAuthentication.KeyOf(request) is { } key && ApiKeySecret.IsWellFormed(key)
        && _known.TryGetValue(CacheKey(ApiKeySecret.Hash(key)), out _);

    /// <summary>Makes every process ask Postgres for this key again, within a second.</summary>
    public ValueTask ForgetAsync(byte[] hash, CancellationToken cancellationToken) => cache.RemoveAsync(CacheKey(hash), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _known.Dispose();

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
