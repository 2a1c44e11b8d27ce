using Switchboard.Core.Caching;

namespace Switchboard.Core.Performance;

/// <summary>The caches of a process.</summary>
/// <param name="Namespaces">By the name of the namespace.</param>
public sealed record CacheFigures(IReadOnlyDictionary<string, CacheNamespaceStatistics> Namespaces) : IFigures
{
    /// <inheritdoc/>
    public static string Section => "cache";
}
