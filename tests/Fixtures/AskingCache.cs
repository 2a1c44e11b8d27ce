using Microsoft.Extensions.Caching.Hybrid;
using Npgsql;

namespace Switchboard.Tests.Fixtures;

/// <summary>A cache that remembers nothing. Of a pool of one connection: whenever it is asked, nobody else holds that.</summary>
public sealed class AskingCache(NpgsqlDataSource database) : HybridCache
{
    public override async ValueTask<T> GetOrCreateAsync<TState, T>(
        string key, TState state, Func<TState, CancellationToken, ValueTask<T>> factory, HybridCacheEntryOptions? options = null,
        IEnumerable<string>? tags = null, CancellationToken cancellationToken = default)
    {
        await AskAsync(cancellationToken);
        return await factory(state, cancellationToken);
    }

    public override async ValueTask SetAsync<T>(
        string key, T value, HybridCacheEntryOptions? options = null, IEnumerable<string>? tags = null,
        CancellationToken cancellationToken = default) => await AskAsync(cancellationToken);

    public override async ValueTask RemoveAsync(string key, CancellationToken cancellationToken = default) => await AskAsync(cancellationToken);

    public override async ValueTask RemoveByTagAsync(string tag, CancellationToken cancellationToken = default) => await AskAsync(cancellationToken);

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
    }
}
