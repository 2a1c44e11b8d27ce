using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Switchboard.Core.Deletion;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Providers.OAuth;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Rules;
using Switchboard.Workers.Ingest.Deletion;
using Switchboard.Workers.Ingest.Email.Sync;
using Switchboard.Workers.Ingest.Providers.Graph;

namespace Switchboard.Tests.Unit.Operations;

/// <summary>Nothing that is cached of a user outlives their deletion, and nothing of another goes with it.</summary>
public sealed class UserCachesTests : IAsyncDisposable
{
    private static readonly HybridCacheEntryOptions OnlyIfCached = new() { Flags = HybridCacheEntryFlags.DisableUnderlyingData };

    private static readonly string[] Namespaces =
    [
        StoredRules.CacheNamespace, OAuthTokens.CacheNamespace, GraphFolders.Namespace, AccountRevocation.VerificationNamespace,
        UserCaches.NumberNamespace, UserDeletion.KeyNamespace, "tracked-emails", "email-analytics", CategoryStore.CacheNamespace,
        PreferenceStore.CacheNamespace, AddressOwners.CacheNamespace,
    ];

    // what of a user is remembered under keys that the deletion does not know
    private static readonly string[] Tagged =
        ["tracked-emails", "email-analytics", CategoryStore.CacheNamespace, PreferenceStore.CacheNamespace, AddressOwners.CacheNamespace];

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton<TimeProvider>(new FakeTimeProvider())
        .AddSingleton<IConnectionMultiplexer>(_ => throw new InvalidOperationException("The connection was not started."))
        .AddSwitchboardCache(cache => Array.ForEach(Namespaces, name => cache.Namespace(name, TimeSpan.FromMinutes(5), 100)))
        .BuildServiceProvider();

    private HybridCache Cache => _services.GetRequiredService<HybridCache>();

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task Lists_figures_rules_tokens_numbers_and_keys_of_a_deleted_user_are_gone_at_once()
    {
        var (ann, bob) = (Of("+15550100001", "aa"), Of("+15550100002", "bb"));
        foreach (var user in new[] { ann, bob })
            foreach (var key in KeysOf(user))
                await Cache.SetAsync(key, "kept", tags: TagsOf(key, user));
        (await CachedAsync(ann)).ShouldBe(KeysOf(ann));

        await new UserCaches(Cache).ForgetAsync(ann, default);

        (await CachedAsync(ann)).ShouldBeEmpty();
        (await CachedAsync(bob)).ShouldBe(KeysOf(bob));
    }

    private static Deletion Of(string phone, string hash) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), [Guid.CreateVersion7()], [$"{hash}@example.com", phone, $"{UserDeletion.KeyCachePrefix}{hash}"]);

    private static string[] KeysOf(Deletion user) =>
    [
        $"rules:{user.UserId}:7", $"account-verification:{user.UserId}", $"access-token:{user.Accounts[0]}",
        $"{GraphFolders.Namespace}:{user.Accounts[0]}/all", $"phone-numbers:{user.Names[1]}", user.Names[2],
        $"tracked-emails:hash of {user.Id}", $"email-analytics:hash of {user.Id}", $"categories:{user.UserId}/default", $"preferences:{user.UserId}/x",
        $"has-recipients:{user.UserId}",
    ];

    private static string[] TagsOf(string key, Deletion user) =>
        key.StartsWith("rules:", StringComparison.Ordinal) ? [$"rules:{user.UserId}"]
        : Array.Exists(Tagged, space => key.StartsWith($"{space}:", StringComparison.Ordinal)) ? [UserDeletion.CacheTag(user.UserId)]
        : [];

    private async Task<List<string>> CachedAsync(Deletion user)
    {
        var cached = new List<string>();
        foreach (var key in KeysOf(user))
            if (await Cache.GetOrCreateAsync<string?>(key, _ => ValueTask.FromResult<string?>(null), OnlyIfCached) is not null)
                cached.Add(key);
        return cached;
    }
}
