using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>
/// The rules that apply to the mails and SMS of a batch's users. Each user's rules are cached under the version that they had, and the versions
/// are read with each batch: so a changed rule counts for the very next message, whether or not an invalidation got through.
/// A cold batch costs two queries, a warm one the first of them.
/// </summary>
internal sealed class RuleCache(NpgsqlDataSource dataSource, HybridCache cache)
{
    /// <summary>The namespace in the cache: keys <c>rules:{user}:{version}</c>, tags <c>rules:{user}</c>.</summary>
    public const string Namespace = "rules";

    /// <summary>How much memory all rules in the cache take at most, made ready: users differ by a factor of thousands.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    private static readonly HybridCacheEntryOptions OnlyIfCached = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>How much memory an entry takes.</summary>
    public static long BytesOf(object? entry) => entry is UserRules rules ? rules.Bytes : 0;

    /// <summary>The rules of each of the users; one who is not there does not exist.</summary>
    public async Task<IReadOnlyDictionary<Guid, CompiledRules>> ForAsync(IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var versions = await VersionsAsync(users, cancellationToken);
        var found = new Dictionary<Guid, CompiledRules>(versions.Count);
        var missing = new Dictionary<Guid, string>();
        var lookups = versions.Select(user => (User: user.Key, Key: $"{Namespace}:{user.Key}:{user.Value}"))
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
        var loaded = await LoadRules.ExecuteAsync(dataSource, missing.Keys, cancellationToken);
        await Task.WhenAll(missing.Select(async user =>
        {
            var rules = new UserRules([.. loaded[user.Key]]);
            await cache.SetAsync<UserRules?>(user.Value, rules, tags: [$"{Namespace}:{user.Key}"], cancellationToken: cancellationToken);
            lock (found)
                found.Add(user.Key, rules.Compiled);
        }));
    }

    private async Task<Dictionary<Guid, long>> VersionsAsync(IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var rows = await dataSource.Command("SELECT id, rules_version FROM users WHERE id = ANY ($1)", (object)users.ToArray())
            .ListAsync(row => (Id: row.GetGuid(0), Version: row.GetInt64(1)), cancellationToken);
        return rows.ToDictionary(row => row.Id, row => row.Version);
    }
}

/// <summary>Reads the active rules of several users at once.</summary>
internal static class LoadRules
{
    private const string Sql =
        """
        SELECT user_id, id, name, type, sender_rules::text, content_rules::text, priority, continue, template, channel, recipient, created_at
        FROM rules
        WHERE user_id = ANY ($1) AND active
        ORDER BY user_id, priority DESC, created_at, id
        """;

    /// <summary>The rules of each of the users that has any.</summary>
    public static async Task<ILookup<Guid, Rule>> ExecuteAsync(
        NpgsqlDataSource dataSource, IReadOnlyCollection<Guid> users, CancellationToken cancellationToken)
    {
        var rules = await dataSource.Command(Sql, (object)users.ToArray())
            .ListAsync(row => (UserId: row.GetGuid(0), Rule: Read(row)), cancellationToken);
        return rules.ToLookup(row => row.UserId, row => row.Rule);
    }

    private static Rule Read(NpgsqlDataReader row) => new(
        row.GetGuid(1),
        row.GetString(2),
        Enum.Parse<RuleType>(row.GetString(3), ignoreCase: true),
        RuleJson.ReadSender(row.GetString(4)),
        RuleJson.ReadContent(row.GetString(5)),
        row.GetInt32(6),
        Active: true,
        row.GetBoolean(7),
        row.GetString(8),
        row.GetString(9),
        row.GetString(10),
        row.GetFieldValue<DateTimeOffset>(11));
}
