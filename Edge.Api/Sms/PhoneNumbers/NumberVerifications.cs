using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>Knows whether a linked number is verified: from memory, from Redis, from Postgres.</summary>
internal sealed class NumberVerifications(HybridCache cache, NpgsqlDataSource database)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "phone-verification";

    private const string Sql = "SELECT count(*) FROM user_phone_numbers WHERE id = $1 AND verified_at IS NOT NULL";

    /// <summary>Whether its code was given back. A number that was unlinked meanwhile is not verified.</summary>
    public ValueTask<bool> IsVerifiedAsync(Guid phoneNumberId, CancellationToken cancellation) => cache.GetOrCreateAsync(
        CacheKey(phoneNumberId), (database, phoneNumberId), static (state, ct) => LoadAsync(state.database, state.phoneNumberId, ct),
        tags: [CacheNamespace], cancellationToken: cancellation);

    /// <summary>Makes every process ask Postgres for this number again, within a second.</summary>
    public ValueTask ForgetAsync(Guid phoneNumberId, CancellationToken cancellation) =>
        cache.RemoveAsync(CacheKey(phoneNumberId), cancellation);

    private static string CacheKey(Guid phoneNumberId) => $"{CacheNamespace}:{phoneNumberId}";

    private static async ValueTask<bool> LoadAsync(NpgsqlDataSource database, Guid phoneNumberId, CancellationToken cancellation) =>
        await database.Command(Sql, phoneNumberId).ScalarAsync<long>(cancellation) > 0;
}
