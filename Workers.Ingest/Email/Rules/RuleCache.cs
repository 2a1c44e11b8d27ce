using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;
using Switchboard.Core.Rules;

namespace Switchboard.Workers.Ingest.Email.Rules;

/// <summary>
/// The rules that apply to the mails and texts of a batch's users. Each user's rules are cached under the version that they had, and the versions
/// are read with each batch: so a changed rule counts for the very next message, whether or not an invalidation got through.
/// A cold batch costs two queries, a warm one the first of them.
/// </summary>
internal sealed class RuleCache(NpgsqlDataSource dataSource, HybridCache cache)
{
    /// <summary>The namespace in the cache: keys <c>rules:{user}:{version}</c>, tags <c>rules:{user}</c>.</summary>
    public const string Namespace = "rules";

    private static readonly HybridCacheEntryOptions OnlyIfCached = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    /// <summary>The rules of each of the users; one who is not there does not exist.</summary>
    public Task<IReadOnlyDictionary<Guid, CompiledRules>> ForAsync(IReadOnlyCollection<Guid> users, CancellationToken cancellation) =>
        ForAsync(sql => dataSource.CreateCommand(sql), users, cancellation);

    /// <summary>The same over the caller's connection: who holds one must not wait for another of the same pool.</summary>
    public Task<IReadOnlyDictionary<Guid, CompiledRules>> ForAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyCollection<Guid> users, CancellationToken cancellation) =>
        ForAsync(sql => new NpgsqlCommand(sql, connection, transaction), users, cancellation);

    private async Task<IReadOnlyDictionary<Guid, CompiledRules>> ForAsync(
        Func<string, NpgsqlCommand> create, IReadOnlyCollection<Guid> users, CancellationToken cancellation)
    {
        var versions = await VersionsAsync(create, users, cancellation);
        var found = new Dictionary<Guid, CompiledRules>(versions.Count);
        var missing = new Dictionary<Guid, string>();
        var lookups = versions.Select(user => (User: user.Key, Key: $"{Namespace}:{user.Key}:{user.Value}"))
            .Select(user => (user.User, user.Key, Cached: CachedAsync(user.Key, cancellation))).ToArray();
        foreach (var (user, key, cached) in lookups)
        {
            if (await cached is { } rules)
                found.Add(user, rules.Compiled);
            else
                missing.Add(user, key);
        }

        if (missing.Count > 0)
            await LoadAsync(create, missing, found, cancellation);
        return found;
    }

    private Task<UserRules?> CachedAsync(string key, CancellationToken cancellation) =>
        cache.GetOrCreateAsync(key, _ => ValueTask.FromResult<UserRules?>(null), OnlyIfCached, cancellationToken: cancellation).AsTask();

    // not through the cache's own loading, which would ask once for each user
    private async Task LoadAsync(
        Func<string, NpgsqlCommand> create,
        Dictionary<Guid, string> missing,
        Dictionary<Guid, CompiledRules> found,
        CancellationToken cancellation)
    {
        var loaded = await LoadRules.ExecuteAsync(create, missing.Keys, cancellation);
        await Task.WhenAll(missing.Select(async user =>
        {
            var rules = new UserRules([.. loaded[user.Key]]);
            await cache.SetAsync<UserRules?>(user.Value, rules, tags: [$"{Namespace}:{user.Key}"], cancellationToken: cancellation);
            lock (found)
                found.Add(user.Key, rules.Compiled);
        }));
    }

    private static async Task<Dictionary<Guid, long>> VersionsAsync(
        Func<string, NpgsqlCommand> create, IReadOnlyCollection<Guid> users, CancellationToken cancellation)
    {
        await using var command = create("SELECT id, rules_version FROM users WHERE id = ANY ($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. users] });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var versions = new Dictionary<Guid, long>(users.Count);
        while (await reader.ReadAsync(cancellation))
            versions.Add(reader.GetGuid(0), reader.GetInt64(1));
        return versions;
    }
}
