namespace Switchboard.Core.Redis.Caching;

/// <summary>A value in memory.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">The value, shared by all who read it.</param>
/// <param name="Tags">What it can be invalidated by.</param>
/// <param name="AsOf">When its load began, a timestamp: what was changed after that may be missing in it.</param>
/// <param name="ExpiresAt">When it ends, a timestamp.</param>
internal sealed record CacheEntry(string Key, object? Value, string[] Tags, long AsOf, long ExpiresAt);
