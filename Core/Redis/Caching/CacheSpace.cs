namespace Switchboard.Core.Redis.Caching;

/// <summary>A namespace at work: its rules, its memory, its figures.</summary>
internal sealed class CacheSpace(CacheNamespace rules)
{
    public CacheNamespace Rules { get; } = rules;

    public LruMemory Memory { get; } = new(rules.MaxEntries);

    public CacheCounters Counters { get; } = new();

    public CacheNamespaceStatistics Read() => Counters.Read(Memory.Count) with { MaxEntries = Rules.MaxEntries };
}
