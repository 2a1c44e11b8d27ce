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
    private readonly ReplicaReads? _replica;
    private readonly PendingInvalidations _pending = new();

    public RemoteCache(
        RedisConnection redis, ReplicaReads? replica, TimeProvider timeProvider, ILogger logger, Action<CacheInvalidation> invalidated,
        Action missedSome)
    {
        (_redis, _replica, _timeProvider, _logger) = (redis, replica, timeProvider, logger);
        _origin = Guid.CreateVersion7(timeProvider.GetUtcNow()).ToString("N");
        redis.Listen(Channel, message =>
        {
            var (what, origin) = CacheInvalidation.Decode((string)message!);
            _replica?.Forget(what);
            if (origin != _origin)
                invalidated(what);
        });
        redis.Returned += () =>
        {
            _replica?.Forget(new CacheInvalidation(true, CacheInvalidation.Everything));
            missedSome();
        };
    }

    /// <summary>Reads these keys, each with its tags, by one command.</summary>
    public async Task<RemoteRead[]> ReadAsync(IReadOnlyList<CacheWrite> wanted, CancellationToken cancellationToken)
    {
        var reads = new RemoteRead[wanted.Count];
        if (_pending.Any)
            return reads;
        RedisKey[] keys = [.. wanted.SelectMany(one => KeysOf(one.Key, one.Tags))];
        var values = _replica is null ? null : await _replica.ReadAsync(wanted, keys);
        values ??= (await _redis.AskAsync(database => database.StringGetAsync(keys, CommandFlags.None), cancellationToken)).Value;
        if (values is null)
            return reads;
        for (var (index, at) = (0, 0); index < reads.Length; index++)
        {
            var (key, tags) = (wanted[index].Key, wanted[index].Tags);
            var stamps = Array.ConvertAll(values[(at + 1)..(at + 3 + tags.Length)], stamp => (string?)stamp ?? "");
            var data = (byte[]?)values[at];
            reads[index] = new RemoteRead(data is null ? null : await ValidAsync(key, data, tags, stamps, cancellationToken), stamps);
            at += 3 + tags.Length;
        }

        return reads;
    }

    /// <summary>Stores what was loaded, by one command.</summary>
    public Task StoreLoadedAsync(IReadOnlyList<RemoteWrite> entries, CancellationToken cancellationToken)
    {
        if (_pending.Any || entries.Count == 0)
            return Task.CompletedTask;
        var arguments = new List<RedisValue>();
        foreach (var entry in entries)
        {
            arguments.AddRange([entry.Tags.Length + 1, Milliseconds(entry.Life), EndOf(entry.Life), entry.Payload, entry.Stamps![0]]);
            foreach (var (tag, stamp) in WithEverything(entry.Tags).Zip(entry.Stamps.Skip(1)))
                arguments.AddRange([tag, stamp]);
        }

        return _redis.RunAsync(CacheScripts.StoreLoaded, KeysOf(entries), [.. arguments], cancellationToken);
    }

    /// <summary>Stores what was set and tells the other processes, by one command.</summary>
    public Task SetAsync(IReadOnlyList<RemoteWrite> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            return Task.CompletedTask;
        var invalidations = entries.Select(entry => new CacheInvalidation(false, entry.Key)).ToArray();
        var arguments = new List<RedisValue> { Milliseconds(CacheOptions.LongestLoad), _redis.KeyPrefix + Channel };
        foreach (var (entry, invalidation) in entries.Zip(invalidations))
        {
            arguments.AddRange(
                [entry.Tags.Length + 1, Milliseconds(entry.Life), EndOf(entry.Life), entry.Payload, invalidation.Encode(_origin)]);
            arguments.AddRange(WithEverything(entry.Tags).Select(tag => (RedisValue)tag));
        }

        return OrLaterAsync(
            invalidations,
            async () => (await _redis.RunAsync(CacheScripts.Set, KeysOf(entries), [.. arguments], cancellationToken)).Answered);
    }

    public Task InvalidateAsync(CacheInvalidation invalidation, CancellationToken cancellationToken) =>
        OrLaterAsync([invalidation], () => SendAsync(invalidation, cancellationToken));

    /// <summary>Sends the invalidations that Redis did not take before.</summary>
    public async Task SendPendingAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        foreach (var chunk in _redis.IsAvailable ? _pending.Snapshot().Chunk(256) : [])
        {
            var sent = await Task.WhenAll(chunk.Select(one => SendAsync(one.Key, cancellationToken)));
            foreach (var (one, _) in chunk.Zip(sent).Where(pair => pair.Second))
            {
                _replica?.Forget(one.Key);
                _pending.Remove(one);
                count++;
            }

            if (sent.Contains(false))
                break;
        }

        if (count > 0)
            Log.Sent(_logger, count);
    }

    private async Task OrLaterAsync(CacheInvalidation[] invalidations, Func<Task<bool>> send)
    {
        var sent = false;
        try
        {
            sent = await send();
        }
        finally
        {
            foreach (var invalidation in invalidations)
            {
                if (!sent)
                    _pending.Add(invalidation);
                _replica?.Forget(invalidation);
            }
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

    private IEnumerable<RedisKey> KeysOf(string key, string[] tags) =>
        [EntryKey(key), StampKey(key), .. WithEverything(tags).Select(tag => (RedisKey)TagKey(tag))];

    private RedisKey[] KeysOf(IReadOnlyList<RemoteWrite> entries) => [.. entries.SelectMany(entry => KeysOf(entry.Key, entry.Tags))];

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The entry {Key} in Redis is not readable and will be loaded again.")]
        public static partial void Unreadable(ILogger logger, Redacted key, Exception exception);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} invalidations that Redis did not take before are sent.")]
        public static partial void Sent(ILogger logger, int count);
    }
}
