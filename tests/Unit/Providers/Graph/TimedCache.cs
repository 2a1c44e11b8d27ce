using System.Collections.Concurrent;
using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Tests.Unit.Providers.Graph;

/// <summary>A cache whose entries end when they were told to.</summary>
internal sealed class TimedCache(TimeProvider timeProvider) : HybridCache
{
    private readonly ConcurrentDictionary<string, (object? Value, DateTimeOffset EndsAt)> _entries = new();

    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key,
        TState state,
        Func<TState, CancellationToken, ValueTask<T>> factory,
        HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default)
    {
        if (_entries.TryGetValue(key, out var entry) && timeProvider.GetUtcNow() < entry.EndsAt)
            return (T)entry.Value!;
        if (options?.Flags?.HasFlag(HybridCacheEntryFlags.DisableUnderlyingData) is true)
            return default!;
        var value = await factory(state, cancellationToken);
        await SetAsync(key, value, options, tags, cancellationToken);
        return value;
    }

    public override ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        _entries[key] = (value, timeProvider.GetUtcNow() + (options?.Expiration ?? TimeSpan.FromHours(1)));
        return ValueTask.CompletedTask;
    }

    public override ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        _entries.TryRemove(key, out _);
        return ValueTask.CompletedTask;
    }

    public override ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
