using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Switchboard.Core.Redis.Caching;

/// <summary>What holds for all namespaces of the cache.</summary>
internal sealed record CacheOptions(IReadOnlyDictionary<string, CacheNamespace> Namespaces)
{
    /// <summary>No entry lives longer than this, so that no invalidation of a tag needs to be remembered longer.</summary>
    public static readonly TimeSpan MaxTtl = TimeSpan.FromHours(24);

    /// <summary>No load is expected to last longer than this: for so long the invalidation of a key is remembered.</summary>
    public static readonly TimeSpan LongestLoad = TimeSpan.FromMinutes(10);

    /// <summary>Values whose JSON is larger, in bytes, stay out of Redis.</summary>
    public const int MaxRemoteBytes = 1024 * 1024;

    /// <summary>How long an entry that was loaded without hearing invalidations may be used. Under a second, as promised.</summary>
    public static readonly TimeSpan UnheardTtl = TimeSpan.FromMilliseconds(800);

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
