using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// Many entries of a cache at once, which <see cref="HybridCache"/> has no calls for: what is not in memory is asked of Redis by one
/// command, what is not there either is loaded together, and what was loaded or set is stored by one command.
/// </summary>
public static class ManyCacheEntries
{
    /// <summary>Reads many entries, as <c>GetOrCreateAsync</c> does one.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="keys">The keys; of several namespaces, if need be.</param>
    /// <param name="load">Loads what is in neither memory nor Redis; a key that it leaves out has nothing.</param>
    /// <param name="options">What is not as the namespaces say.</param>
    /// <param name="tags">The tags of a key.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The values by their keys; a key that has nothing is left out.</returns>
    public static async Task<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<T>(
        this HybridCache cache,
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyDictionary<string, T>>> load,
        HybridCacheEntryOptions? options = null,
        Func<string, IEnumerable<string>>? tags = null,
        CancellationToken cancellationToken = default)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(cache);
        if (cache is SwitchboardCache ours)
            return await ours.GetOrCreateManyAsync(keys, load, options, tags, cancellationToken);
        var found = new Dictionary<string, T>();
        foreach (var key in keys.Distinct())
        {
            var value = await cache.GetOrCreateAsync(
                key, async ct => (await load([key], ct)).GetValueOrDefault(key), options, tags?.Invoke(key), cancellationToken);
            if (value is not null)
                found.Add(key, value);
        }

        return found;
    }

    /// <summary>Stores many entries, as <c>SetAsync</c> does one: what was written to the database, for all who read.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="values">The values by their keys.</param>
    /// <param name="options">What is not as the namespaces say.</param>
    /// <param name="tags">The tags of a key.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task SetManyAsync<T>(
        this HybridCache cache,
        IReadOnlyDictionary<string, T> values,
        HybridCacheEntryOptions? options = null,
        Func<string, IEnumerable<string>>? tags = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cache);
        ArgumentNullException.ThrowIfNull(values);
        if (cache is SwitchboardCache ours)
        {
            await ours.SetManyAsync(values, options, tags, cancellationToken);
            return;
        }

        foreach (var (key, value) in values)
            await cache.SetAsync(key, value, options, tags?.Invoke(key), cancellationToken);
    }
}

/// <inheritdoc cref="ManyCacheEntries"/>
internal sealed partial class SwitchboardCache
{
    // of one command: the server does nothing else meanwhile
    private const int MostOfACommand = 500;

    public async Task<IReadOnlyDictionary<string, T>> GetOrCreateManyAsync<T>(
        IEnumerable<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyDictionary<string, T>>> load,
        HybridCacheEntryOptions? options,
        Func<string, IEnumerable<string>>? tags,
        CancellationToken cancellationToken)
        where T : class
    {
        var values = new Dictionary<string, T>();
        var wanted = new List<CacheWrite>();
        foreach (var key in keys.Distinct())
        {
            var space = _local.SpaceOf(key);
            T? kept = null;
            if (!CachePlan.For(space.Rules, options).ReadsMemory || !_local.TryRead(space, key, out kept))
            {
                wanted.Add(new(key, TagsOf(tags?.Invoke(key)), _timeProvider.GetTimestamp()));
                continue;
            }

            space.Counters.Hit();
            if (kept is not null)
                values.Add(key, kept);
        }

        foreach (var part in wanted.Chunk(MostOfACommand))
            await LoadManyAsync(part, values, load, options, cancellationToken);
        return values;
    }

    public async Task SetManyAsync<T>(
        IReadOnlyDictionary<string, T> values,
        HybridCacheEntryOptions? options,
        Func<string, IEnumerable<string>>? tags,
        CancellationToken cancellationToken)
    {
        foreach (var part in values.Chunk(MostOfACommand))
        {
            var writes = part.Select(one => new CacheWrite(one.Key, TagsOf(tags?.Invoke(one.Key)), _timeProvider.GetTimestamp())).ToArray();
            foreach (var write in writes)
                _local.Begin(write);
            try
            {
                await SetRemoteAsync(writes, values, options, cancellationToken);
                foreach (var write in writes)
                {
                    var space = _local.SpaceOf(write.Key);
                    var plan = CachePlan.For(space.Rules, options);
                    if (plan.WritesMemory)
                        _local.Keep(space, write, values[write.Key], plan.LocalLife);
                }
            }
            finally
            {
                foreach (var write in writes)
                    _local.End(write);
            }
        }
    }

    // other calls may load one of these keys meanwhile: then it is loaded twice, and each stores what holds
    private async Task LoadManyAsync<T>(
        CacheWrite[] wanted,
        Dictionary<string, T> values,
        Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyDictionary<string, T>>> load,
        HybridCacheEntryOptions? options,
        CancellationToken cancellationToken)
        where T : class
    {
        foreach (var write in wanted)
            _local.Begin(write);
        try
        {
            var remote = await _remote.ReadAsync(wanted, cancellationToken);
            var missing = new List<(CacheWrite Load, RemoteRead Remote)>();
            foreach (var (write, read) in wanted.Zip(remote))
            {
                var space = _local.SpaceOf(write.Key);
                if (!TryTake<T>(space, write, CachePlan.For(space.Rules, options), read, out var found))
                    missing.Add((write, read));
                else if (found is not null)
                    values.Add(write.Key, found);
            }

            var toLoad = missing.Where(one => CachePlan.For(_local.SpaceOf(one.Load.Key).Rules, options).Loads).ToList();
            if (toLoad.Count == 0)
                return;
            var loaded = await CountedManyAsync(toLoad.ConvertAll(one => one.Load.Key), load, cancellationToken);
            var toStore = new List<RemoteWrite>();
            foreach (var (write, read) in toLoad)
            {
                var space = _local.SpaceOf(write.Key);
                var value = loaded.GetValueOrDefault(write.Key);
                if (value is not null)
                    values.Add(write.Key, value);
                if (Keep(space, write, CachePlan.For(space.Rules, options), read, value) is { } entry)
                    toStore.Add(entry);
            }

            await _remote.StoreLoadedAsync(toStore, CancellationToken.None);
        }
        finally
        {
            foreach (var write in wanted)
                _local.End(write);
        }
    }

    private async Task<IReadOnlyDictionary<string, T>> CountedManyAsync<T>(
        List<string> keys,
        Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyDictionary<string, T>>> load,
        CancellationToken cancellationToken)
    {
        var succeeded = false;
        try
        {
            var loaded = await load(keys, cancellationToken);
            succeeded = true;
            return loaded;
        }
        finally
        {
            foreach (var counters in keys.Select(key => _local.SpaceOf(key).Counters))
            {
                if (succeeded)
                    counters.Load();
                else
                    counters.FailedLoad();
            }
        }
    }

    private async Task SetRemoteAsync<T>(
        CacheWrite[] writes, IReadOnlyDictionary<string, T> values, HybridCacheEntryOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            var entries = new List<RemoteWrite>();
            foreach (var write in writes)
            {
                var rules = _local.SpaceOf(write.Key).Rules;
                var plan = CachePlan.For(rules, options);
                if (plan.WritesRemote
                    && _codec.Encode(rules, write.Key, values[write.Key]) is { Length: <= CacheOptions.MaxRemoteBytes } payload)
                    entries.Add(new(write.Key, write.Tags, payload, plan.Life));
                else
                    await _remote.InvalidateAsync(new CacheInvalidation(false, write.Key), cancellationToken);
            }

            await _remote.SetAsync(entries, cancellationToken);
        }
        finally
        {
            // a load that began meanwhile may have read what was there before
            foreach (var write in writes)
                _local.Forget(new CacheInvalidation(false, write.Key), except: write);
        }
    }
}
