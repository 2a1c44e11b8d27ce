using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Core.Redis.Caching;

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
