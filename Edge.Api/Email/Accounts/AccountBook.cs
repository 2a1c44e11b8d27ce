using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Email.Accounts;

/// <summary>
/// Which accounts a user has: in memory, in Redis, in Postgres. For what asks whether an account is its caller's, not for what depends on
/// how it stands at present.
/// </summary>
internal sealed class AccountBook(HybridCache cache, NpgsqlDataSource database)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "account-verification";

    private const string Sql = "SELECT id FROM mailboxes WHERE user_id = $1 ORDER BY id";

    /// <summary>The accounts that a question is about: all that the user has, or one; none when that is another's, or not there.</summary>
    public async ValueTask<Guid[]> FindAsync(Guid userId, Guid? accountId, CancellationToken cancellation)
    {
        var all = await cache.GetOrCreateAsync(
            CacheKey(userId), (database, userId), static (state, ct) => LoadAsync(state.database, state.userId, ct),
            cancellationToken: cancellation);
        return accountId is { } one ? all.Contains(one) ? [one] : [] : all;
    }

    /// <summary>Makes every process ask Postgres for this user's accounts again, within a second.</summary>
    public ValueTask ForgetAsync(Guid userId, CancellationToken cancellation) => cache.RemoveAsync(CacheKey(userId), cancellation);

    private static string CacheKey(Guid userId) => $"{CacheNamespace}:{userId}";

    private static async ValueTask<Guid[]> LoadAsync(NpgsqlDataSource database, Guid userId, CancellationToken cancellation) =>
        [.. await database.Command(Sql, userId).ListAsync(row => row.GetGuid(0), cancellation)];
}
