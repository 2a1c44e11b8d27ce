using StackExchange.Redis;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Redis.Caching;

/// <summary>The cache in Redis, one server (its scripts use several keys at once), and the messages that invalidate.</summary>
internal sealed partial class RemoteCache
{
    private const string Channel = "cache";

    private readonly string _origin;
    private readonly RedisConnection _redis;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly PendingInvalidations _pending = new();

    public RemoteCache(
        RedisConnection redis, TimeProvider timeProvider, ILogger logger, Action<CacheInvalidation> invalidated, Action missedSome)
    {
        (_redis, _timeProvider, _logger) = (redis, timeProvider, logger);
        _origin = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N");
        redis.Listen(Channel, message =>
        {
            var (what, origin) = CacheInvalidation.Decode((string)message!);
            if (origin != _origin)
                invalidated(what);
        });
        redis.Returned += missedSome;
    }

    public async Task<RemoteRead> ReadAsync(string key, string[] tags, CancellationToken cancellationToken)
    {
        if (_pending.Any)
            return default;
        RedisKey[] keys = [EntryKey(key), .. StampKeys(key, tags)];
        var reply = await _redis.AskAsync(database => database.StringGetAsync(keys, CommandFlags.None), cancellationToken);
        if (!reply.Answered)
            return default;
        var stamps = Array.ConvertAll(reply.Value![1..], stamp => (string?)stamp ?? "");
        var data = (byte[]?)reply.Value[0];
        return new RemoteRead(data is null ? null : await ValidAsync(key, data, tags, stamps, cancellationToken), stamps);
    }

    public Task StoreLoadedAsync(
        string key, string[] tags, string[] stamps, byte[] payload, TimeSpan life, CancellationToken cancellationToken)
    {
        if (_pending.Any)
            return Task.CompletedTask;
        var arguments = new List<RedisValue> { Milliseconds(life), EndOf(life), payload, stamps[0] };
        foreach (var (tag, stamp) in WithEverything(tags).Zip(stamps.Skip(1)))
            arguments.AddRange([tag, stamp]);
        return _redis.RunAsync(CacheScripts.StoreLoaded, [EntryKey(key), .. StampKeys(key, tags)], [.. arguments], cancellationToken);
    }

    public async Task SetAsync(string key, string[] tags, byte[] payload, TimeSpan life, CancellationToken cancellationToken)
    {
        var invalidation = new CacheInvalidation(false, key);
        RedisValue[] arguments =
        [
            Milliseconds(life), EndOf(life), payload, Milliseconds(CacheOptions.LongestLoad), _redis.KeyPrefix + Channel,
            invalidation.Encode(_origin), .. WithEverything(tags).Select(tag => (RedisValue)tag),
        ];
        await OrLaterAsync(invalidation, async () =>
            (await _redis.RunAsync(CacheScripts.Set, [EntryKey(key), .. StampKeys(key, tags)], arguments, cancellationToken)).Answered);
    }

    public Task InvalidateAsync(CacheInvalidation invalidation, CancellationToken cancellationToken) =>
        OrLaterAsync(invalidation, () => SendAsync(invalidation, cancellationToken));

    /// <summary>Sends the invalidations that Redis did not take before.</summary>
    public async Task SendPendingAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var chunk in _redis.IsAvailable ? _pending.Snapshot().Chunk(256) : [])
        {
            var sent = await Task.WhenAll(chunk.Select(one => SendAsync(one.Key, cancellationToken)));
            foreach (var (one, _) in chunk.Zip(sent).Where(pair => pair.Second))
            {
                _pending.Remove(one);
                count++;
            }

            if (sent.Contains(false))
                break;
        }

        if (count > 0)
            Log.Sent(_logger, count);
    }

    private async Task OrLaterAsync(CacheInvalidation invalidation, Func<Task<bool>> send)
    {
        var sent = false;
        try
        {
            sent = await send();
        }
        finally
        {
            if (!sent)
                _pending.Add(invalidation);
        }
    }

    private async Task<bool> SendAsync(CacheInvalidation invalidation, CancellationToken cancellationToken)
    {
        RedisKey[] keys = invalidation.IsTag
            ? [TagKey(invalidation.Name)]
            : [StampKey(invalidation.Name), EntryKey(invalidation.Name)];
        var life = invalidation.IsTag ? CacheOptions.MaxTtl : CacheOptions.LongestLoad;
        var reply = await _redis.RunAsync(
            CacheScripts.Invalidate,
            keys,
            [Milliseconds(life), _redis.KeyPrefix + Channel, invalidation.Encode(_origin)],
            cancellationToken);
        return reply.Answered;
    }


    // The stamps asked for are those of the caller's tags, which nearly always are the entry's; if not, its own are asked for.
    private async Task<RemoteEntry?> ValidAsync(
        string key, byte[] data, string[] tags, string[] stamps, CancellationToken cancellationToken)
    {
        RemoteEntry entry;
        try
        {
            entry = RemoteEntry.Parse(data);
        }
        catch (FormatException exception)
        {
            Log.Unreadable(_logger, key, exception);
            return null;
        }

        if (entry.Stamps.Select(stamp => stamp.Key).SequenceEqual(WithEverything(tags)))
            return entry.Stamps.Select(stamp => stamp.Value).SequenceEqual(stamps.Skip(1)) ? entry : null;
        var keys = entry.Stamps.Select(stamp => (RedisKey)TagKey(stamp.Key)).ToArray();
        var reply = await _redis.AskAsync(database => database.StringGetAsync(keys, CommandFlags.None), cancellationToken);
        return reply.Answered && entry.Stamps.Select(stamp => stamp.Value).SequenceEqual(reply.Value!.Select(stamp => (string?)stamp ?? ""))
            ? entry
            : null;
    }

    private static string[] WithEverything(string[] tags) => [CacheInvalidation.Everything, .. tags];

    private static long Milliseconds(TimeSpan life) => Math.Max(1, (long)life.TotalMilliseconds);

    private long EndOf(TimeSpan life) => (_timeProvider.GetUtcNow() + life).ToUnixTimeMilliseconds();

    private string EntryKey(string key) => $"{_redis.KeyPrefix}cache:1:{key}";

    private string StampKey(string key) => $"{_redis.KeyPrefix}cache:key:{key}";

    private string TagKey(string tag) => $"{_redis.KeyPrefix}cache:tag:{tag}";

    private IEnumerable<RedisKey> StampKeys(string key, string[] tags) =>
        [StampKey(key), .. WithEverything(tags).Select(tag => (RedisKey)TagKey(tag))];

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The entry {Key} in Redis is not readable and will be loaded again.")]
        public static partial void Unreadable(ILogger logger, Redacted key, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} invalidations that Redis did not take before are sent.")]
        public static partial void Sent(ILogger logger, int count);
    }
}
