using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Edge.Api.Database;

namespace Switchboard.Edge.Api.Accounts;

/// <summary>
/// Which accounts a user has: in memory, in Redis, in Postgres. For what asks whether an account is its caller's, not for what depends on
/// its present status: that another process has found a grant revoked is seen here a little later.
/// </summary>
internal sealed class AccountBook(HybridCache cache, NpgsqlDataSource database)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "account-verification";

    private const string Sql = "SELECT id, provider, address, status FROM mailboxes WHERE user_id = $1 ORDER BY id";

    /// <summary>The accounts of a user, in the order in which they were connected first.</summary>
    public async ValueTask<IReadOnlyList<KnownAccount>> OfAsync(Guid userId, CancellationToken cancellation) =>
        await cache.GetOrCreateAsync(
            CacheKey(userId), (database, userId), static (state, ct) => LoadAsync(state.database, state.userId, ct),
            cancellationToken: cancellation);

    /// <summary>The account; null when there is none, or it is another's.</summary>
    public async ValueTask<KnownAccount?> FindAsync(Guid userId, Guid accountId, CancellationToken cancellation)
    {
        foreach (var account in await OfAsync(userId, cancellation))
        {
            if (account.Id == accountId)
                return account;
        }

        return null;
    }

    /// <summary>Makes every process ask Postgres for this user's accounts again, within a second.</summary>
    public ValueTask ForgetAsync(Guid userId, CancellationToken cancellation) => cache.RemoveAsync(CacheKey(userId), cancellation);

    private static string CacheKey(Guid userId) => $"{CacheNamespace}:{userId}";

    private static async ValueTask<KnownAccount[]> LoadAsync(NpgsqlDataSource database, Guid userId, CancellationToken cancellation) =>
        [.. await database.Command(Sql, userId)
            .ListAsync(row => new KnownAccount(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetString(3)), cancellation)];
}
