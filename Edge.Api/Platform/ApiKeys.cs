using System.Buffers.Text;
using System.ComponentModel;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Finds who a key belongs to: in memory, in Redis, in Postgres.</summary>
internal sealed class ApiKeys(HybridCache cache, NpgsqlDataSource dataSource)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "api-key";

    private static readonly HybridCacheEntryOptions MemoryOnly = new()
    {
        Flags = HybridCacheEntryFlags.DisableDistributedCache | HybridCacheEntryFlags.DisableUnderlyingData,
    };

    /// <summary>Who the key belongs to; null when there is no such key, or it was revoked.</summary>
    public async ValueTask<Caller?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var hash = ApiKeySecret.Hash(key);
        return await cache.GetOrCreateAsync(
            CacheKey(hash), (dataSource, hash), static (state, ct) => LoadAsync(state.dataSource, state.hash, ct),
            cancellationToken: cancellationToken);
    }

    /// <summary>Whether the request carries a key that this process remembers as good; asks nobody.</summary>
    public async ValueTask<bool> IsRememberedAsync(HttpRequest request) =>
        ApiKeyAuthentication.KeyOf(request) is { } key && ApiKeySecret.IsWellFormed(key)
        && await cache.GetOrCreateAsync<Caller?>(
            CacheKey(ApiKeySecret.Hash(key)), static _ => ValueTask.FromResult<Caller?>(null), MemoryOnly) is not null;

    /// <summary>Makes every process ask Postgres for this key again, within a second.</summary>
    public ValueTask ForgetAsync(byte[] hash, CancellationToken cancellationToken) => cache.RemoveAsync(CacheKey(hash), cancellationToken);

    private static string CacheKey(byte[] hash) => $"{CacheNamespace}:{Convert.ToHexStringLower(hash)}";

    private static async ValueTask<Caller?> LoadAsync(NpgsqlDataSource dataSource, byte[] hash, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            "SELECT id, user_id, scopes FROM api_keys WHERE hash = $1 AND revoked_at IS NULL");
        command.Parameters.AddWithValue(hash);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Caller(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<string[]>(2))
            : null;
    }
}

/// <summary>A key as its owner holds it: <c>sb_</c> and 43 random characters. Only its hash is kept.</summary>
internal static class ApiKeySecret
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "sb_";

    private const int RandomBytes = 32;
    private const int ShownLength = 10;
    private const int MaxLength = 128;

    /// <summary>A new key.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The first characters, by which its owner recognises it.</summary>
    public static string Shown(string key) => key[..Math.Min(ShownLength, key.Length)];

    /// <summary>Whether it could be a key at all.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> key) =>
        key.Length <= MaxLength && key.StartsWith(Prefix, StringComparison.Ordinal) && Ascii.IsValid(key);

    /// <summary>SHA-256: a key is random and long, so a fast hash is enough.</summary>
    public static byte[] Hash(ReadOnlySpan<char> key)
    {
        Span<byte> bytes = stackalloc byte[MaxLength];
        return SHA256.HashData(bytes[..Encoding.ASCII.GetBytes(key, bytes)]);
    }
}

/// <summary>Who asks: the key, its user, and what it may do.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="UserId">Whose key it is.</param>
/// <param name="Scopes">What it may do, as stored.</param>
[ImmutableObject(true)]
internal sealed record Caller(Guid KeyId, Guid UserId, IReadOnlyList<string> Scopes)
{
    /// <summary>Whether it may do whatever there is.</summary>
    public bool IsAdmin => Scopes.Contains(Scope.Admin);

    /// <summary>Whether it may do this.</summary>
    public bool Has(string scope) => Scopes.Contains(scope) || IsAdmin;
}

internal static class CallerExtensions
{
    /// <summary>Who asks, on an endpoint that only lets in who has a key.</summary>
    public static Caller Caller(this HttpContext context) =>
        context.Features.Get<Caller>() ?? throw new InvalidOperationException("This endpoint lets in who has no key.");
}
