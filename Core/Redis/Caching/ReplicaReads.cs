using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using StackExchange.Redis;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Redis.Caching;

/// <summary>
/// Reads entries of the cache from a replica of Redis (<c>ConnectionStrings:redis-replica</c>), never something that this process knows to
/// be invalidated. Each read asks for the process's own heartbeat too: what the replica has is no older than that. It is taken where the
/// heartbeat is young and the key and its tags were not invalidated after it, as far as this process was told; what it is told of later
/// takes the entry out of memory as any other. Else the primary is asked.
/// </summary>
internal sealed partial class ReplicaReads : ResilientLoop
{
    /// <summary>The key of the client of the replica, and the name of its connection string.</summary>
    public const string ServiceKey = "redis-replica";

    private static readonly TimeSpan _between = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<CacheInvalidation, long> _invalidated = new();
    private readonly Func<IConnectionMultiplexer> _connect;
    private readonly RedisConnection _primary;
    private readonly ILogger _logger;
    private volatile IConnectionMultiplexer? _replica;
    private volatile bool _failed;
    private long _answered;

    public ReplicaReads(
        Func<IConnectionMultiplexer> connect, RedisConnection primary, IMeterFactory meters, TimeProvider timeProvider,
        ILogger<ReplicaReads> logger)
        : base(timeProvider, logger)
    {
        (_connect, _primary, _logger) = (connect, primary, logger);
        meters.Create(CacheStatistics.MeterName).CreateObservableCounter(
            "switchboard.cache.replica.reads", () => Answered, "{read}", "Reads that the replica answered");
    }

    /// <summary>How many reads it has answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>This process knows of an invalidation, which the primary has carried out.</summary>
    public void Forget(CacheInvalidation invalidation) => _invalidated[invalidation] = TimeProvider.GetTimestamp();

    /// <summary>The values of these keys; null when the primary has to be asked.</summary>
    /// <param name="wanted">Whose keys they are.</param>
    /// <param name="keys">The keys.</param>
    public async Task<RedisValue[]?> ReadAsync(IReadOnlyList<CacheWrite> wanted, RedisKey[] keys)
    {
        if (_replica is not { IsConnected: true } replica || _failed || !_primary.IsAvailable || !_primary.IsHearing)
            return null;
        try
        {
            var values = await replica.GetDatabase().StringGetAsync([_primary.HeartbeatKey, .. keys]).WaitAsync(_patience, TimeProvider);
            if (!values[0].TryParse(out long asOf) || TimeProvider.GetElapsedTime(asOf) > CacheOptions.UnverifiedTtl
                || wanted.Any(one => IsInvalidatedSince(one, asOf)))
                return null;
            Interlocked.Increment(ref _answered);
            return values[1..];
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // until the next round, so that not every read waits for it
            _failed = true;
            Log.Failed(_logger, exception);
            return null;
        }
    }

    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        _replica ??= await Task.Run(_connect, cancellationToken);
        _failed = false;
        // what a heartbeat that is young enough is younger than
        foreach (var one in _invalidated)
        {
            if (TimeProvider.GetElapsedTime(one.Value) > 2 * CacheOptions.UnverifiedTtl)
                _invalidated.TryRemove(one);
        }

        return _between;
    }

    private bool IsInvalidatedSince(CacheWrite read, long asOf) =>
        IsInvalidatedSince(new CacheInvalidation(false, read.Key), asOf)
        || IsInvalidatedSince(new CacheInvalidation(true, CacheInvalidation.Everything), asOf)
        || read.Tags.Any(tag => IsInvalidatedSince(new CacheInvalidation(true, tag), asOf));

    private bool IsInvalidatedSince(CacheInvalidation what, long asOf) => _invalidated.TryGetValue(what, out var at) && at >= asOf;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The replica of Redis did not answer; the primary is asked.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
