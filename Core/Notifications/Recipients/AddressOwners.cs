using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>
/// Whose a mere address is, so that what is sent to it obeys what its recipient wants. For a user without recipients that costs a look into
/// memory: that there are none is cached, until the first one is made.
/// </summary>
public sealed class AddressOwners(NpgsqlDataSource dataSource, HybridCache cache)
{
    /// <summary>The namespace of the cache: keys <c>has-recipients:{user}</c>.</summary>
    public const string CacheNamespace = "has-recipients";

    private const string AnySql = "SELECT EXISTS (SELECT FROM recipients WHERE user_id = $1)";

    /// <summary>Whether a user has recipients; it may be true for an hour after the last one was deleted.</summary>
    public ValueTask<bool> HasAnyAsync(Guid userId, CancellationToken cancellationToken) => cache.GetOrCreateAsync(
        CacheKey(userId), (dataSource, userId),
        static async (state, token) => await state.dataSource.Command(AnySql, state.userId).ScalarAsync<bool>(token),
        tags: [UserDeletion.CacheTag(userId)], cancellationToken: cancellationToken);

    /// <summary>To be called after the commit that made a recipient: where the user had none before, every process hears of it.</summary>
    public async ValueTask NoteAsync(Guid userId)
    {
        if (!await HasAnyAsync(userId, CancellationToken.None))
            await cache.RemoveAsync(CacheKey(userId), CancellationToken.None);
    }

    // idx_recipient_addresses_fingerprint; where several have an address, it counts what the first of them wants
    private const string FindSql =
        """
        SELECT DISTINCT ON (fingerprint) fingerprint, recipient_id FROM recipient_addresses
        WHERE user_id = $1 AND fingerprint = ANY ($2) ORDER BY fingerprint, id
        """;

    /// <summary>The recipients that have these addresses, each of a channel, by them; what is nobody's is not among them.</summary>
    public async Task<IReadOnlyDictionary<(string Channel, string Address), Guid>> FindAsync(
        Guid userId, IReadOnlyCollection<(string Channel, string Address)> addresses, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        if (addresses.Count == 0 || !await HasAnyAsync(userId, cancellationToken))
            return new Dictionary<(string, string), Guid>();
        // the same mailbox may be written in several ways
        var byFingerprint = addresses.Distinct().ToLookup(
            address => Convert.ToHexString(RecipientAddressStore.Fingerprint(address.Channel, "", address.Address)));
        var rows = await dataSource.Command(FindSql, userId, byFingerprint.Select(one => Convert.FromHexString(one.Key)).ToArray())
            .ListAsync(
                row => (Fingerprint: Convert.ToHexString(row.GetFieldValue<byte[]>(0)), RecipientId: row.GetGuid(1)), cancellationToken);
        return rows.SelectMany(row => byFingerprint[row.Fingerprint].Select(address => (address, row.RecipientId))).ToDictionary();
    }

    private static string CacheKey(Guid userId) => $"{CacheNamespace}:{userId}";
}
