namespace Switchboard.Core.Redis.Caching;

/// <summary>What all entries whose key begins with the same word have in common.</summary>
/// <param name="Name">The word: the part of the key before the first colon.</param>
/// <param name="Ttl">How long an entry lives, unless a call says otherwise.</param>
/// <param name="MaxEntries">How many are kept in memory; the least recently used goes first.</param>
/// <param name="Encrypted">Whether they are encrypted in Redis.</param>
public sealed record CacheNamespace(string Name, TimeSpan Ttl, int MaxEntries, bool Encrypted = false);
