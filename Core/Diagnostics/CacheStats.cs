using Switchboard.Core.Redis.Caching;

namespace Switchboard.Core.Diagnostics;

/// <summary>The caches of a process.</summary>
/// <param name="Namespaces">By the name of the namespace.</param>
public sealed record CacheStats(IReadOnlyDictionary<string, CacheNamespaceStatistics> Namespaces) : IStats
{
    /// <inheritdoc/>
    public static string Section => "cache";
}
