using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Finds who a key belongs to: in memory, in Redis, in Postgres.</summary>
internal sealed class ApiKeys(HybridCache cache, NpgsqlDataSource database)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "api-key";

    /// <summary>Who the key belongs to; null when there is no such key, or it was revoked.</summary>
    public async ValueTask<Caller?> FindAsync(string key, CancellationToken cancellation)
    {
        var hash = ApiKeySecret.Hash(key);
        return await cache.GetOrCreateAsync(
            CacheKey(hash), (database, hash), static (state, ct) => LoadAsync(state.database, state.hash, ct), cancellationToken: cancellation);
    }

    /// <summary>Makes every process ask Postgres for this key again, within a second.</summary>
    public ValueTask ForgetAsync(byte[] hash, CancellationToken cancellation) => cache.RemoveAsync(CacheKey(hash), cancellation);

    private static string CacheKey(byte[] hash) => $"{CacheNamespace}:{Convert.ToHexStringLower(hash)}";

    private static async ValueTask<Caller?> LoadAsync(NpgsqlDataSource database, byte[] hash, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand(
            "SELECT id, user_id, scopes FROM api_keys WHERE hash = $1 AND revoked_at IS NULL");
        command.Parameters.AddWithValue(hash);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation)
            ? new Caller(reader.GetGuid(0), reader.GetGuid(1), reader.GetFieldValue<string[]>(2))
            : null;
    }
}
