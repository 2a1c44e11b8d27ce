using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Postgres;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Core.Notifications.Templates;

/// <summary>The published templates of users, by their keys: from memory, from Redis, or from the database.</summary>
public sealed class TemplateStore(NpgsqlDataSource dataSource, HybridCache cache)
{
    /// <summary>Where they are cached: <c>template:{user}:{key}</c>.</summary>
    public const string CacheNamespace = "template";

    /// <summary>How long they are.</summary>
    public static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(7_200);

    private const string FindSql =
        $"""
        SELECT {PublishedTemplate.Columns}
        FROM templates AS t JOIN template_versions AS v ON v.template_id = t.id AND v.version = t.published_version
        WHERE t.user_id = $1 AND t.key = $2 AND v.user_id = $1
        """;

    /// <summary>What belongs to a user in the cache.</summary>
    public static string CacheTag(Guid userId) => $"{CacheNamespace}:{userId}";

    /// <summary>
    /// The published version of a template by its key, with all its variants (channel x locale) and its layout; null if there is none.
    /// A layout is no template.
    /// </summary>
    public async Task<PublishedTemplate?> FindAsync(Guid userId, string key, CancellationToken cancellationToken)
    {
        if (await CachedAsync(userId, key, cancellationToken) is not { IsLayout: false } template)
            return null;
        return template.LayoutKey is { } layout && await CachedAsync(userId, layout, cancellationToken) is { IsLayout: true } found
            ? template with { Layout = found }
            : template;
    }

    /// <summary>
    /// Writes through what was published, rolled back or deleted, after its commit: every process sees it within a second. It reads what
    /// is there now rather than taking what the caller wrote: of two that publish at once the later commit stays.
    /// </summary>
    public async Task RefreshAsync(Guid userId, string key, CancellationToken cancellationToken)
    {
        await cache.RemoveAsync(CacheKey(userId, key), cancellationToken);
        await CachedAsync(userId, key, cancellationToken);
    }

    private ValueTask<PublishedTemplate?> CachedAsync(Guid userId, string key, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync<(NpgsqlDataSource DataSource, Guid UserId, string Key), PublishedTemplate?>(
            CacheKey(userId, key), (dataSource, userId, key),
            static async (find, ct) => await find.DataSource.Command(FindSql, find.UserId, find.Key).FirstAsync(PublishedTemplate.Read, ct),
            tags: [CacheTag(userId)], cancellationToken: cancellationToken);

    private static string CacheKey(Guid userId, string key) => $"{CacheNamespace}:{userId}:{key}";
}

/// <summary>Registration of templates.</summary>
public static class TemplateServices
{
    // what a character of a source takes with what is compiled of it
    private const int BytesPerCharacter = 20;

    /// <summary>What finds and renders templates; needs the cache's <see cref="Templates"/>.</summary>
    public static IServiceCollection AddTemplates(this IServiceCollection services) =>
        services.AddSingleton<TemplateStore>().AddSingleton<TemplateRenderer>();

    /// <summary>The namespace of published templates: not of those that are not there, since any key can be asked for.</summary>
    public static CacheBuilder Templates(this CacheBuilder cache)
    {
        ArgumentNullException.ThrowIfNull(cache);
        return cache.Namespace(
            TemplateStore.CacheNamespace, TemplateStore.CacheTime, maxEntries: 1_000, keepsNothing: false, maxBytes: 64 * 1024 * 1024,
            bytesOf: BytesOf);
    }

    private static long BytesOf(object? entry) =>
        entry is PublishedTemplate template
            ? 1_000 + (BytesPerCharacter * template.Variants.Sum(variant => variant.Sources().Sum(source => (long)source.Source.Length)))
            : 0;
}
