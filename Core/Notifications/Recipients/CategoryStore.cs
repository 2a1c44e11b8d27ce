using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Deletion;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Notifications.Recipients;

/// <summary>What notifications are about: the rows of <c>notification_categories</c>, with a cache in front.</summary>
public sealed class CategoryStore(NpgsqlDataSource dataSource, HybridCache cache, TimeProvider timeProvider)
{
    /// <summary>The namespace of the cache: keys <c>categories:{user}/{name}</c>.</summary>
    public const string CacheNamespace = "categories";

    private const string Columns = "name, is_critical, settings";

    private const string FindSql = $"SELECT {Columns} FROM notification_categories WHERE user_id = $1 AND name = $2";

    /// <summary>A user's category; null if there is none of that name. <see cref="CategorySettings.DefaultName"/> always is
    /// there.</summary>
    public async Task<CategorySettings?> FindAsync(Guid userId, string name, CancellationToken cancellationToken) =>
        await cache.GetOrCreateAsync(
            CacheKey(userId, name), (dataSource, userId, name),
            static async (state, token) => await state.dataSource.Command(FindSql, state.userId, state.name).FirstAsync(Read, token),
            tags: [UserDeletion.CacheTag(userId)], cancellationToken: cancellationToken)
        ?? (name == CategorySettings.DefaultName ? CategorySettings.Default : null);

    private const string ListSql = $"SELECT {Columns} FROM notification_categories WHERE user_id = $1 ORDER BY name";

    /// <summary>All categories of a user by their names, <see cref="CategorySettings.DefaultName"/> among them.</summary>
    public async Task<IReadOnlyList<CategorySettings>> ListAsync(Guid userId, CancellationToken cancellationToken)
    {
        var stored = await dataSource.Command(ListSql, userId).ListAsync(Read, cancellationToken);
        return stored.Exists(category => category.Name == CategorySettings.DefaultName)
            ? stored
            : [.. stored.Append(CategorySettings.Default).OrderBy(category => category.Name, StringComparer.Ordinal)];
    }

    // in a statement before the count, so that categories made at once count each other
    private const string HoldSql = "SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE";

    private const string SetSql =
        """
        INSERT INTO notification_categories AS c (user_id, name, is_critical, settings, created_at, updated_at)
        SELECT $1, $2, $3, $4::jsonb, $5, $5
        WHERE EXISTS (SELECT FROM notification_categories WHERE user_id = $1 AND name = $2)
           OR (SELECT count(*) FROM notification_categories WHERE user_id = $1) < $6
        ON CONFLICT (user_id, name) DO UPDATE
        SET is_critical = excluded.is_critical, settings = excluded.settings, updated_at = excluded.updated_at
        RETURNING xmax = 0
        """;

    /// <summary>Makes or changes a category.</summary>
    /// <param name="userId">Whose it is.</param>
    /// <param name="category">What it is to be.</param>
    /// <param name="atMost">How many a user has at most; one that is there is changed in any case.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it is new; null when there are as many as there may be.</returns>
    public async Task<bool?> SetAsync(Guid userId, CategorySettings category, int atMost, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(category);
        var isNew = await WriteAsync(userId, category, atMost, cancellationToken);
        if (isNew is not null)
            await cache.RemoveAsync(CacheKey(userId, category.Name), CancellationToken.None);
        return isNew;
    }

    private async Task<bool?> WriteAsync(Guid userId, CategorySettings category, int atMost, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await transaction.Command(HoldSql, userId).RunAsync(cancellationToken);
        var set = await transaction
            .Command(SetSql, userId, category.Name, category.IsCritical, category.WriteSettings(), timeProvider.GetUtcNow(), atMost)
            .ListAsync(row => row.GetBoolean(0), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return set is [var isNew] ? isNew : null;
    }

    private const string DeleteSql = "DELETE FROM notification_categories WHERE user_id = $1 AND name = $2";

    /// <summary>Deletes a category; of <see cref="CategorySettings.DefaultName"/> what was set for it.</summary>
    /// <returns>Whether there was one.</returns>
    public async Task<bool> DeleteAsync(Guid userId, string name, CancellationToken cancellationToken)
    {
        if (await dataSource.Command(DeleteSql, userId, name).RunAsync(cancellationToken) == 0)
            return false;
        await cache.RemoveAsync(CacheKey(userId, name), CancellationToken.None);
        return true;
    }

    private static string CacheKey(Guid userId, string name) => $"{CacheNamespace}:{userId}/{name}";

    private static CategorySettings Read(NpgsqlDataReader row) =>
        CategorySettings.Read(row.GetString(0), row.GetBoolean(1), row.GetString(2));
}
