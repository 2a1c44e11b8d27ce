using System.Text.Json;

namespace Switchboard.Core.Caching;

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
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && Namespaces.TryGetValue(key[..colon], out var found))
            return found;
        throw new ArgumentException($"The key '{key}' does not begin with a registered namespace and a colon.", nameof(key));
    }
}
