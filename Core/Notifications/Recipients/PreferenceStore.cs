using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>What recipients have chosen: the rows of <c>recipient_preferences</c>, with a cache in front that is written through.</summary>
public sealed class PreferenceStore(NpgsqlDataSource dataSource, HybridCache cache, TimeProvider timeProvider)
{
    /// <summary>The namespace of the cache: keys <c>preferences:{user}/{recipient}</c>.</summary>
    public const string CacheNamespace = "preferences";

    /// <summary>What holds for each of these recipients of a user.</summary>
    public async Task<IReadOnlyDictionary<Guid, RecipientPreferences>> FindAsync(
        Guid userId, IReadOnlyCollection<Guid> recipientIds, CancellationToken cancellationToken)
    {
        var sets = await FindSetsAsync(userId, [.. recipientIds, userId], cancellationToken);
        var defaults = sets[userId];
        return recipientIds.Distinct().ToDictionary(id => id, id => new RecipientPreferences(sets[id], defaults));
    }

    /// <summary>What a recipient has chosen; of what a user has set for all recipients, the id is the user's.</summary>
    public async Task<PreferenceSet> FindSetAsync(Guid userId, Guid recipientId, CancellationToken cancellationToken) =>
        (await FindSetsAsync(userId, [recipientId], cancellationToken))[recipientId];

    private const string ReadSql =
        """
        SELECT recipient_id, preferences, quiet_hours
        FROM recipient_preferences
        WHERE user_id = $1 AND recipient_id = ANY ($2)
        """;

    // those of a page in one round trip to Redis, and one to Postgres for what is not there
    private async Task<IReadOnlyDictionary<Guid, PreferenceSet>> FindSetsAsync(
        Guid userId, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var keys = ids.Distinct().ToDictionary(id => CacheKey(userId, id));
        var found = await cache.GetOrCreateManyAsync<PreferenceSet>(
            keys.Keys,
            async (missing, token) =>
                (await dataSource.Command(ReadSql, userId, missing.Select(key => keys[key]).ToArray()).ListAsync(
                    row => (Id: row.GetGuid(0), Set: PreferenceSet.Read(row.GetString(1), row.Text(2))), token))
                .ToDictionary(row => CacheKey(userId, row.Id), row => row.Set),
            tags: _ => [UserDeletion.CacheTag(userId)],
            cancellationToken: cancellationToken);
        return keys.ToDictionary(one => one.Value, one => found.GetValueOrDefault(one.Key, PreferenceSet.None));
    }

    private const string HoldUserSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    private const string HoldRecipientSql = "SELECT id FROM recipients WHERE user_id = $1 AND id = $2 FOR NO KEY UPDATE";

    private const string CurrentSql = "SELECT preferences, quiet_hours FROM recipient_preferences WHERE user_id = $1 AND recipient_id = $2";

    private const string SetSql =
        """
        INSERT INTO recipient_preferences AS p (user_id, recipient_id, preferences, quiet_hours, updated_at)
        VALUES ($1, $2, $3::jsonb, $4::jsonb, $5)
        ON CONFLICT (recipient_id) DO UPDATE
        SET preferences = excluded.preferences, quiet_hours = excluded.quiet_hours, updated_at = excluded.updated_at
        WHERE p.user_id = excluded.user_id
        RETURNING p.xmin::text
        """;

    private const string VersionSql = "SELECT xmin::text FROM recipient_preferences WHERE user_id = $1 AND recipient_id = $2";

    /// <summary>
    /// Changes what a recipient has chosen, or what a user has set for all recipients (then the id is the user's). One at a time; every
    /// process knows it at once.
    /// </summary>
    /// <returns>What is chosen now; null when there is no such recipient.</returns>
    public async Task<PreferenceSet?> ChangeAsync(
        Guid userId, Guid recipientId, Func<PreferenceSet, PreferenceSet> change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (await WriteAsync(userId, recipientId, change, cancellationToken) is not var (changed, version))
            return null;

        // from here it is done, whether the caller waits or not
        await cache.SetAsync(
            CacheKey(userId, recipientId), changed, tags: [UserDeletion.CacheTag(userId)], cancellationToken: CancellationToken.None);
        // two who write one after the other may come to the cache in the other order
        var stored = await dataSource.Command(VersionSql, userId, recipientId).FirstAsync(row => row.GetString(0), CancellationToken.None);
        if (stored != version)
            await ForgetAsync(userId, recipientId);
        return changed;
    }

    // the connection is back in the pool when this returns: none is held while Redis is called
    private async Task<(PreferenceSet Set, string Version)?> WriteAsync(
        Guid userId, Guid recipientId, Func<PreferenceSet, PreferenceSet> change, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var held = recipientId == userId
            ? transaction.Command(HoldUserSql, userId)
            : transaction.Command(HoldRecipientSql, userId, recipientId);
        if (await held.ListAsync(row => row.GetGuid(0), cancellationToken) is [])
            return null;

        var current = await transaction.Command(CurrentSql, userId, recipientId)
            .FirstAsync(row => PreferenceSet.Read(row.GetString(0), row.Text(1)), cancellationToken);
        var changed = change(current ?? PreferenceSet.None);
        var version = await transaction
            .Command(SetSql, userId, recipientId, changed.WriteChoices(), changed.WriteQuietHours(), timeProvider.GetUtcNow())
            .FirstAsync(row => row.GetString(0), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (changed, version!);
    }

    /// <summary>Makes every process forget what a recipient had chosen who is gone.</summary>
    public ValueTask ForgetAsync(Guid userId, Guid recipientId) =>
        cache.RemoveAsync(CacheKey(userId, recipientId), CancellationToken.None);

    private static string CacheKey(Guid userId, Guid recipientId) => $"{CacheNamespace}:{userId}/{recipientId}";
}
