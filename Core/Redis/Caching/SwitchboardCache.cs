using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Switchboard.Core.Security;

namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// <see cref="HybridCache"/>: memory in front of Redis. A key is <c>namespace:rest</c>. A value is shared by all its readers and
/// must be immutable; outside memory it is JSON. Within a process one load serves all callers that ask for the key meanwhile.
/// An invalidation (<see cref="RemoveAsync"/>, <see cref="RemoveByTagAsync"/>, <see cref="SetAsync"/>) reaches every process by a
/// published message; a process that does not receive them uses what it has for less than a second after its load.
/// A load that an invalidation overtakes is given to the callers that asked before, and not stored.
/// Without Redis nothing fails: each process works on its memory and sends later what was invalidated.
/// (If it dies before, an entry that Redis still has may be used until its end.)
/// </summary>
internal sealed partial class SwitchboardCache : HybridCache
{
    private readonly TimeProvider _timeProvider;
    private readonly CacheCodec _codec;
    private readonly RemoteCache _remote;
    private readonly LocalCache _local;
    private readonly ConcurrentDictionary<LoadKey, CacheWrite> _loads = new();

    public SwitchboardCache(
        CacheOptions options,
        RedisConnection redis,
        ReplicaReads? replica,
        SecretProtector? protector,
        TimeProvider timeProvider,
        IMeterFactory meters,
        ILogger<SwitchboardCache> logger)
    {
        _timeProvider = timeProvider;
        _codec = new CacheCodec(options.Json, protector, logger);
        _local = new LocalCache(options, redis, timeProvider);
        _remote = new RemoteCache(redis, replica, timeProvider, logger, _local.Forget, _local.ForgetEverything);
        Statistics = new CacheStatistics(_local.Spaces, meters);
    }

    public CacheStatistics Statistics { get; }

    public override ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        var space = _local.SpaceOf(key);
        var plan = CachePlan.For(space.Rules, options);
        if (plan.ReadsMemory && _local.TryRead<T>(space, key, out var value))
        {
            space.Counters.Hit();
            return new(value!);
        }

        return new(JoinAsync(space, key, plan, TagsOf(tags), token => factory(state, token), cancellationToken));
    }

    public override ValueTask SetAsync<T>(
        string key,
        T value,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default) =>
        new(SetManyAsync(new Dictionary<string, T> { [key] = value }, options, tags is null ? null : _ => tags, cancellationToken));

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        _local.SpaceOf(key);
        return InvalidateAsync(new CacheInvalidation(false, key), cancellationToken);
    }

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) =>
        InvalidateAsync(new CacheInvalidation(true, Checked(tag)), cancellationToken);

    /// <summary>Sends the invalidations that Redis did not take before.</summary>
    public Task SendPendingAsync(CancellationToken cancellationToken) => _remote.SendPendingAsync(cancellationToken);

    private async ValueTask InvalidateAsync(CacheInvalidation invalidation, CancellationToken cancellationToken)
    {
        try
        {
            await _remote.InvalidateAsync(invalidation, cancellationToken);
        }
        finally
        {
            // after Redis, so that nothing stale can come back from there
            _local.Forget(invalidation);
        }
    }

    private async Task<T> JoinAsync<T>(
        CacheSpace space,
        string key,
        CachePlan plan,
        string[] tags,
        Func<CancellationToken,
        ValueTask<T>> factory,
        CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var id = new LoadKey(key, plan.Flags, typeof(T));
        while (true)
        {
            if (_loads.TryGetValue(id, out var known))
            {
                var running = (CacheLoad<T>)known;
                if (running.TryJoin())
                {
                    space.Counters.Hit();
                    return await running.WaitAsync(cancellationToken);
                }

                _loads.TryRemove(new KeyValuePair<LoadKey, CacheWrite>(id, running));
            }

            var load = new CacheLoad<T>(key, tags, _timeProvider.GetTimestamp());
            load.TryJoin();
            if (!_loads.TryAdd(id, load))
                continue;
            _local.Begin(load);
            _ = RunAsync(space, id, load, plan, factory);
            return await load.WaitAsync(cancellationToken);
        }
    }

    private async Task RunAsync<T>(
        CacheSpace space, LoadKey id, CacheLoad<T> load, CachePlan plan, Func<CancellationToken, ValueTask<T>> factory)
    {
        try
        {
            await load.RunAsync(current => LoadAsync(space, current, plan, factory));
        }
        finally
        {
            _loads.TryRemove(new KeyValuePair<LoadKey, CacheWrite>(id, load));
            _local.End(load);
        }
    }

    private async Task<T> LoadAsync<T>(CacheSpace space, CacheLoad<T> load, CachePlan plan, Func<CancellationToken, ValueTask<T>> factory)
    {
        // another load may have ended between the look into memory and the start of this one
        if (plan.ReadsMemory && _local.TryRead<T>(space, load.Key, out var kept))
        {
            space.Counters.Hit();
            return kept!;
        }

        var remote = plan.UsesRemote ? (await _remote.ReadAsync([load], load.Abandoned))[0] : default;
        if (TryTake<T>(space, load, plan, remote, out var found))
            return found!;
        if (!plan.Loads)
            return default!;
        var value = await CountedAsync(space, load, factory);
        if (Keep(space, load, plan, remote, value) is { } entry)
            await _remote.StoreLoadedAsync([entry], CancellationToken.None);
        return value;
    }

    // what Redis has of a key goes into memory
    private bool TryTake<T>(CacheSpace space, CacheWrite load, CachePlan plan, RemoteRead remote, out T? found)
    {
        found = default;
        if (!plan.ReadsRemote || remote.Entry is not { } entry || entry.EndsAt - _timeProvider.GetUtcNow() is not { Ticks: > 0 } left
            || !_codec.TryDecode(space.Rules, load.Key, entry.Payload, out found))
        {
            space.Counters.Miss();
            return false;
        }

        space.Counters.RemoteHit();
        if (plan.WritesMemory)
        {
            var life = left < plan.LocalLife ? left : plan.LocalLife;
            _local.Keep(space, load, found, life, [.. entry.Stamps.Skip(1).Select(stamp => stamp.Key)]);
        }

        return true;
    }

    // what was loaded goes into memory; what goes to Redis is answered
    private RemoteWrite? Keep<T>(CacheSpace space, CacheWrite load, CachePlan plan, RemoteRead remote, T? value)
    {
        if (value is null && !space.Rules.KeepsNothing)
            return null;
        if (plan.WritesMemory)
            _local.Keep(space, load, value, plan.LocalLife);
        return plan.WritesRemote && remote.Stamps is not null && !load.IsInvalidated
            && _codec.Encode(space.Rules, load.Key, value) is { Length: <= CacheOptions.MaxRemoteBytes } payload
                ? new(load.Key, load.Tags, payload, plan.Life, remote.Stamps)
                : null;
    }

    private static async Task<T> CountedAsync<T>(CacheSpace space, CacheLoad<T> load, Func<CancellationToken, ValueTask<T>> factory)
    {
        var succeeded = false;
        try
        {
            var value = await factory(load.Abandoned);
            succeeded = true;
            return value;
        }
        finally
        {
            if (succeeded)
                space.Counters.Load();
            else
                space.Counters.FailedLoad();
        }
    }

    private static string[] TagsOf(IEnumerable<string>? tags) =>
        tags is null
            ? []
            : [.. tags.Select(Checked).Where(tag => tag != CacheInvalidation.Everything).Distinct().Order(StringComparer.Ordinal)];

    private static string Checked(string tag)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tag);
        return tag.Contains('\n', StringComparison.Ordinal) ? throw new ArgumentException("A tag is one line.", nameof(tag)) : tag;
    }

    private readonly record struct LoadKey(string Key, HybridCacheEntryFlags Flags, Type Type);
}
