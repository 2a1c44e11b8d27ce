using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Redis.Caching;

/// <summary>A key or a tag whose entries are not valid any more.</summary>
/// <param name="IsTag">Whether it is a tag.</param>
/// <param name="Name">The key or the tag.</param>
internal readonly record struct CacheInvalidation(bool IsTag, string Name)
{
    /// <summary>The tag that every entry has.</summary>
    public const string Everything = "*";

    public bool Concerns(CacheWrite write) => IsTag ? write.Tags.Contains(Name) : write.Key == Name;

    /// <summary>As it is published: <c>t</c> or <c>k</c>, the sender, and the name, a line each.</summary>
    public string Encode(string origin) => $"{(IsTag ? 't' : 'k')}\n{origin}\n{Name}";

    /// <summary>Reads what was published.</summary>
    public static (CacheInvalidation What, string Origin) Decode(string message)
    {
        var parts = message.Split('\n', 3);
        return (new CacheInvalidation(parts[0] == "t", parts[2]), parts[1]);
    }
}

/// <summary>
/// The invalidations that Redis did not take. <see cref="InvalidationRetries"/> sends them again; until then nothing is read from it,
/// because it may still hold what they are about.
/// </summary>
internal sealed class PendingInvalidations
{
    /// <summary>With more than this many, everything is invalidated instead.</summary>
    public const int Limit = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<CacheInvalidation, long> _pending = [];
    private long _number;

    public bool Any
    {
        get
        {
            lock (_lock)
                return _pending.Count > 0;
        }
    }

    public void Add(CacheInvalidation invalidation)
    {
        lock (_lock)
        {
            if (_pending.Count >= Limit)
            {
                _pending.Clear();
                invalidation = new CacheInvalidation(true, CacheInvalidation.Everything);
            }

            _pending[invalidation] = ++_number;
        }
    }

    public KeyValuePair<CacheInvalidation, long>[] Snapshot()
    {
        lock (_lock)
            return [.. _pending];
    }

    /// <summary>Drops what was sent, unless it was added again meanwhile.</summary>
    public void Remove(KeyValuePair<CacheInvalidation, long> sent)
    {
        lock (_lock)
        {
            if (_pending.GetValueOrDefault(sent.Key) == sent.Value)
                _pending.Remove(sent.Key);
        }
    }
}

/// <summary>Sends again what Redis did not take: soon, because other processes use what they have until they receive it.</summary>
internal sealed class InvalidationRetries(SwitchboardCache cache, TimeProvider timeProvider, ILogger<InvalidationRetries> logger)
    : ResilientLoop(timeProvider, logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        await cache.SendPendingAsync(cancellationToken);
        return Interval;
    }

    protected override Task FinishAsync() => cache.SendPendingAsync(CancellationToken.None);
}
