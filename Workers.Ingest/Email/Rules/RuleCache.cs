using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>
/// The rules that apply to the mails and SMS of a batch's users. Each user's rules are cached under the version that they had, and the
/// versions are read with each batch: so a changed rule counts for the very next message, whether or not an invalidation got through.
/// A cold batch costs two queries, a warm one the first of them.
/// </summary>
internal sealed class RuleCache(NpgsqlDataSource dataSource, HybridCache cache)
{
    /// <summary>How much memory all rules in the cache take at most, made ready: users differ by a factor of thousands.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    private static readonly HybridCacheEntryOptions OnlyIfCached = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>How much memory an entry takes.</summary>
    public static long BytesOf(object? entry) => entry is UserRules rules ? rules.Bytes : 0;

    /// <summary>The rules of each of the users; one who is not there does not exist.</summary>
    public async Task<IReadOnlyDictionary<Guid, CompiledRules>> ForAsync(
        IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var versions = await StoredRules.ReadVersionsAsync(dataSource, users, cancellationToken);
        var found = new Dictionary<Guid, CompiledRules>(versions.Count);
        var missing = new Dictionary<Guid, string>();
        var lookups = versions.Select(user => (User: user.Key, Key: $"{StoredRules.CacheNamespace}:{user.Key}:{user.Value}"))
            .Select(user => (user.User, user.Key, Cached: CachedAsync(user.Key, cancellationToken))).ToArray();
        foreach (var (user, key, cached) in lookups)
        {
            if (await cached is { } rules)
                found.Add(user, rules.Compiled);
            else
                missing.Add(user, key);
        }

        if (missing.Count > 0)
            await LoadAsync(missing, found, cancellationToken);
        return found;
    }

    private Task<UserRules?> CachedAsync(string key, CancellationToken cancellationToken) =>
        cache.GetOrCreateAsync(key, _ => ValueTask.FromResult<UserRules?>(null), OnlyIfCached, cancellationToken: cancellationToken).AsTask();

    // not through the cache's own loading, which would ask once for each user
    private async Task LoadAsync(
        Dictionary<Guid, string> missing, Dictionary<Guid, CompiledRules> found, CancellationToken cancellationToken)
    {
        var loaded = await StoredRules.ReadAsync(dataSource, missing.Keys, activeOnly: true, cancellationToken);
        await Task.WhenAll(missing.Select(async user =>
        {
            var rules = new UserRules([.. loaded[user.Key]]);
            await cache.SetAsync<UserRules?>(
                user.Value, rules, tags: [$"{StoredRules.CacheNamespace}:{user.Key}"], cancellationToken: cancellationToken);
            lock (found)
                found.Add(user.Key, rules.Compiled);
        }));
    }
}
