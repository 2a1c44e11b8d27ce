using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Postgres;

/// <summary>
/// Where lists, exports and counts are read: from the replica (<c>ConnectionStrings:switchboard-replica</c>) while that is close behind,
/// else from the primary. A user who has changed something reads from the primary until the replica must have it, so that nobody misses
/// what they just did. What the replica does not answer, the primary is asked. Without a replica all is the primary's. Counter
/// <c>switchboard.replica.reads</c>, with <c>server</c> replica or primary.
/// </summary>
public sealed class ReadDatabase
{
    /// <summary>The name of the connection string of the replica.</summary>
    public const string ReplicaName = "switchboard-replica";

    internal const string MeterName = "Switchboard.Replica";

    private static readonly KeyValuePair<string, object?> OfReplica = new("server", "replica");
    private static readonly KeyValuePair<string, object?> OfPrimary = new("server", "primary");

    private readonly NpgsqlDataSource _primary;
    private readonly NpgsqlDataSource? _replica;
    private readonly ReplicaMonitor? _monitor;
    private readonly RecentWriters? _writers;
    private readonly Counter<long> _reads;

    internal ReadDatabase(
        NpgsqlDataSource primary, IMeterFactory meters, NpgsqlDataSource? replica = null, ReplicaMonitor? monitor = null,
        RecentWriters? writers = null)
    {
        (_primary, _replica, _monitor, _writers) = (primary, replica, monitor, writers);
        _reads = meters.Create(MeterName).CreateCounter<long>("switchboard.replica.reads", "{read}", "Reads that may be a moment behind");
    }

    /// <summary>Whether there is a replica.</summary>
    public bool HasReplica => _replica is not null;

    /// <summary>Reads what is shown to a user.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="read">Reads, and changes nothing; run again on the primary when the replica fails.</param>
    /// <param name="cancellationToken">Ends the choice, not the read.</param>
    public async Task<T> ReadAsync<T>(Guid userId, Func<NpgsqlDataSource, Task<T>> read, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_replica is null)
            return await read(_primary);
        if (_monitor!.IsUsable && !await _writers!.HasWrittenAsync(userId, cancellationToken))
        {
            try
            {
                var answer = await read(_replica);
                _reads.Add(1, OfReplica);
                return answer;
            }
            catch (Exception reason) when (DatabaseFailure.IsUnavailable(reason) && !cancellationToken.IsCancellationRequested)
            {
                // it is away, or what it replays took away the rows that this was reading
                _monitor.Lose();
            }
        }

        _reads.Add(1, OfPrimary);
        return await read(_primary);
    }

    /// <summary>A user has changed something, which is committed: to be called before they are told so.</summary>
    public Task WroteAsync(Guid userId) => _writers?.AddAsync(userId) ?? Task.CompletedTask;
}

/// <summary>Registration of <see cref="ReadDatabase"/>.</summary>
public static class ReadDatabaseServices
{
    /// <summary>
    /// Adds <see cref="ReadDatabase"/>, with a replica where there is an <see cref="NpgsqlDataSource"/> of the key
    /// <see cref="ReadDatabase.ReplicaName"/>.
    /// </summary>
    public static IServiceCollection AddReadDatabase(this IServiceCollection services, bool hasReplica)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ReplicaOptions>().BindConfiguration(ReplicaOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        if (!hasReplica)
        {
            return services.AddSingleton(provider => new ReadDatabase(
                provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<IMeterFactory>()));
        }

        services.AddRedisConnection();
        services.AddSingleton(provider => new RecentWriters(
            provider.GetRequiredService<RedisConnection>(),
            TimeSpan.FromMilliseconds(provider.GetRequiredService<IOptions<ReplicaOptions>>().Value.ReadYourWritesMs),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ReplicaMonitor(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredKeyedService<NpgsqlDataSource>(ReadDatabase.ReplicaName),
            provider.GetRequiredService<IOptions<ReplicaOptions>>().Value,
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ReplicaMonitor>>()));
        services.AddHostedService(provider => provider.GetRequiredService<ReplicaMonitor>());
        return services.AddSingleton(provider => new ReadDatabase(
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredKeyedService<NpgsqlDataSource>(ReadDatabase.ReplicaName),
            provider.GetRequiredService<ReplicaMonitor>(),
            provider.GetRequiredService<RecentWriters>()));
    }
}
