using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Edge.Api.Sms.PhoneNumbers;

/// <summary>Finds who has a number: in memory, in Redis, in Postgres. That nobody has it is kept too.</summary>
internal sealed class NumberLinks(HybridCache cache, NpgsqlDataSource database)
{
    /// <summary>The namespace of the cache.</summary>
    public const string CacheNamespace = "phone-numbers";

    private const string Sql =
        """
        SELECT id, user_id
        FROM user_phone_numbers
        WHERE phone_number = $1
        ORDER BY verified_at IS NULL, id
        LIMIT 1
        """;

    /// <summary>Who has it, verified or not.</summary>
    public ValueTask<NumberLink> FindAsync(string number, CancellationToken cancellation) => cache.GetOrCreateAsync(
        CacheKey(number), (database, number), static (state, ct) => LoadAsync(state.database, state.number, ct),
        tags: [CacheNamespace], cancellationToken: cancellation);

    /// <summary>Makes every process ask Postgres for this number again, within a second.</summary>
    public ValueTask ForgetAsync(string number, CancellationToken cancellation) => cache.RemoveAsync(CacheKey(number), cancellation);

    private static string CacheKey(string number) => $"{CacheNamespace}:{number}";

    private static async ValueTask<NumberLink> LoadAsync(NpgsqlDataSource database, string number, CancellationToken cancellation) =>
        await database.Command(Sql, number).FirstAsync(row => new NumberLink(row.GetGuid(0), row.GetGuid(1)), cancellation) ?? NumberLink.None;
}
