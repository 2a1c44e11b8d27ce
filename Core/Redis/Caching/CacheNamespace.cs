using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using Switchboard.Core.Security;

namespace Switchboard.Core.Redis.Caching;

/// <summary>How long entries live, by what they are of: an invalidation ends them before, so this is for what none tells of.</summary>
public static class CacheTtl
{
    /// <summary>What is counted up, and need not be exact to the second: 60 s.</summary>
    public static readonly TimeSpan VeryShortLife = TimeSpan.FromSeconds(60);

    /// <summary>What changes by itself: 300 s.</summary>
    public static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(300);

    /// <summary>What people change: 900 s.</summary>
    public static readonly TimeSpan MediumLife = TimeSpan.FromSeconds(900);

    /// <summary>What people change rarely: 3,600 s.</summary>
    public static readonly TimeSpan LongLife = TimeSpan.FromSeconds(3_600);

    /// <summary>What hardly changes: 86,400 s.</summary>
    public static readonly TimeSpan VeryLongLife = TimeSpan.FromSeconds(86_400);

    /// <summary>What has no reason for another: 3,600 s.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(3_600);

    /// <summary>Notifications and what becomes of them: 7,200 s.</summary>
    public static readonly TimeSpan Notification = TimeSpan.FromSeconds(7_200);

    /// <summary>What a person has chosen: 86,400 s.</summary>
    public static readonly TimeSpan Preferences = TimeSpan.FromSeconds(86_400);
}

/// <summary>What all entries whose key begins with the same word have in common.</summary>
/// <param name="Name">The word: the part of the key before the first colon.</param>
/// <param name="Ttl">How long an entry lives, unless a call says otherwise.</param>
/// <param name="MaxEntries">How many are kept in memory; the least recently used goes first.</param>
/// <param name="Encrypted">Whether they are encrypted in Redis.</param>
/// <param name="KeepsNothing">Whether it is kept that a load found nothing (null).</param>
/// <param name="MaxBytes">How much memory they take together at most; the least recently used goes first.</param>
/// <param name="BytesOf">How much memory a value takes, about.</param>
public sealed record CacheNamespace(
    string Name,
    TimeSpan Ttl,
    int MaxEntries,
    bool Encrypted = false,
    bool KeepsNothing = true,
    long MaxBytes = long.MaxValue,
    Func<object?, long>? BytesOf = null);

/// <summary>Lists the namespaces of the cache.</summary>
public sealed class CacheBuilder
{
    private readonly List<CacheNamespace> _namespaces = [];

    internal IReadOnlyList<CacheNamespace> Namespaces => _namespaces;

    /// <summary>Adds a namespace: the keys <c>name:…</c>.</summary>
    /// <param name="name">A word without a colon.</param>
    /// <param name="ttl">How long an entry lives, unless a call says otherwise.</param>
    /// <param name="maxEntries">How many are kept in memory; the least recently used goes first.</param>
    /// <param name="encrypted">Whether they are encrypted in Redis (needs <c>Encryption:Key</c>).</param>
    /// <param name="keepsNothing">Whether it is kept that a load found nothing; not where anybody can ask for what there is not, since that
    /// would push out what there is.</param>
    /// <param name="maxBytes">How much memory they take together at most; what alone takes more is not kept.</param>
    /// <param name="bytesOf">How much memory a value takes, about; left out, none.</param>
    public CacheBuilder Namespace(
        string name,
        TimeSpan ttl,
        int maxEntries,
        bool encrypted = false,
        bool keepsNothing = true,
        long maxBytes = long.MaxValue,
        Func<object?, long>? bytesOf = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ttl, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEntries, 1);
        if (name.Contains(':', StringComparison.Ordinal))
            throw new ArgumentException("A namespace ends at the first colon of a key and has none itself.", nameof(name));
        if (_namespaces.Any(known => known.Name == name))
            throw new ArgumentException($"The namespace '{name}' is already there.", nameof(name));
        _namespaces.Add(new CacheNamespace(name, ttl, maxEntries, encrypted, keepsNothing, maxBytes, bytesOf));
        return this;
    }
}

/// <summary>What holds for all namespaces of the cache.</summary>
internal sealed record CacheOptions(IReadOnlyDictionary<string, CacheNamespace> Namespaces)
{
    /// <summary>No entry lives longer than this, so that no invalidation of a tag needs to be remembered longer.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);

    /// <summary>No load is expected to last longer than this: for so long the invalidation of a key is remembered.</summary>
    public static readonly TimeSpan LongestLoad = TimeSpan.FromMinutes(10);

    /// <summary>Values whose JSON is larger, in bytes, stay out of Redis.</summary>
    public const int MaxRemoteBytes = 1024 * 1024;

    /// <summary>How long an entry that was loaded without receiving invalidations may be used. Under a second, as promised.</summary>
    public static readonly TimeSpan UnverifiedTtl = TimeSpan.FromMilliseconds(800);

    public JsonSerializerOptions Json { get; } = JsonSerializerOptions.Web;

    /// <summary>The namespace of a key.</summary>
    /// <exception cref="ArgumentException">It has none, or one that was not registered.</exception>
    public CacheNamespace NamespaceOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return TryFindNamespace(key, out var found)
            ? found
            : throw new ArgumentException($"The key '{key}' does not begin with a registered namespace and a colon.", nameof(key));
    }

    /// <summary>The namespace of a key that another process named; it may have more of them than this one.</summary>
    public bool TryFindNamespace(string key, [NotNullWhen(true)] out CacheNamespace? found)
    {
        found = null;
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Namespaces.TryGetValue(key[..colon], out found);
    }
}

/// <summary>What one call does: its namespace's rules, and what the call says otherwise.</summary>
/// <param name="Life">How long the entry lives.</param>
/// <param name="LocalLife">How long it lives in memory, never longer.</param>
/// <param name="Flags">What the call turns off.</param>
internal readonly record struct CachePlan(TimeSpan Life, TimeSpan LocalLife, HybridCacheEntryFlags Flags)
{
    public bool ReadsMemory => !Has(HybridCacheEntryFlags.DisableLocalCacheRead);

    public bool WritesMemory => !Has(HybridCacheEntryFlags.DisableLocalCacheWrite);

    public bool ReadsRemote => !Has(HybridCacheEntryFlags.DisableDistributedCacheRead);

    public bool WritesRemote => !Has(HybridCacheEntryFlags.DisableDistributedCacheWrite);

    public bool UsesRemote => ReadsRemote || WritesRemote;

    public bool Loads => !Has(HybridCacheEntryFlags.DisableUnderlyingData);

    public static CachePlan For(CacheNamespace rules, HybridCacheEntryOptions? options)
    {
        var life = Min(options?.Expiration ?? rules.Ttl, CacheOptions.MaxTtl);
        return new CachePlan(life, Min(options?.LocalCacheExpiration ?? life, life), options?.Flags ?? HybridCacheEntryFlags.None);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private bool Has(HybridCacheEntryFlags flag) => (Flags & flag) == flag;
}

/// <summary>Registration of the cache.</summary>
public static class CacheServices
{
    /// <summary>
    /// Adds <see cref="HybridCache"/> and <see cref="CacheStatistics"/>, over the registered Redis client; entries are read from the one of
    /// the key <c>redis-replica</c>, where one was registered before.
    /// To be called once, with all namespaces of the process.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Lists the namespaces.</param>
    public static IServiceCollection AddSwitchboardCache(this IServiceCollection services, Action<CacheBuilder> configure)
    {
        var builder = new CacheBuilder();
        configure(builder);
        var options = new CacheOptions(builder.Namespaces.ToDictionary(space => space.Name));
        services.AddMetrics();
        services.AddRedisConnection();
        if (builder.Namespaces.Any(space => space.Encrypted))
            services.AddSecretProtector();
        if (services.Any(service =>
                service.ServiceType == typeof(IConnectionMultiplexer) && Equals(service.ServiceKey, ReplicaReads.ServiceKey)))
        {
            services.AddSingleton(provider => new ReplicaReads(
                () => provider.GetRequiredKeyedService<IConnectionMultiplexer>(ReplicaReads.ServiceKey),
                provider.GetRequiredService<RedisConnection>(),
                provider.GetRequiredService<IMeterFactory>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<ReplicaReads>>()));
            services.AddHostedService(provider => provider.GetRequiredService<ReplicaReads>());
        }

        services.AddSingleton(options);
        services.AddSingleton(provider => new SwitchboardCache(
            options,
            provider.GetRequiredService<RedisConnection>(),
            provider.GetService<ReplicaReads>(),
            provider.GetService<SecretProtector>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<SwitchboardCache>>()));
        services.AddHostedService<InvalidationRetries>();
        services.AddSingleton<HybridCache>(provider => provider.GetRequiredService<SwitchboardCache>());
        services.AddSingleton(provider => provider.GetRequiredService<SwitchboardCache>().Statistics);
        return services;
    }
}
