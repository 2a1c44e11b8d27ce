using System.Collections.Concurrent;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Postgres;

/// <summary>
/// Which users have changed something a moment ago, over all processes: a key in Redis for each, which goes by itself. Who cannot be
/// asked after counts as one of them, also for as long after Redis has come back: it may not have been told.
/// </summary>
internal sealed class RecentWriters
{
    private readonly ConcurrentDictionary<Guid, long> _own = new();
    private readonly RedisConnection _redis;
    private readonly TimeSpan _recent;
    private readonly TimeProvider _timeProvider;
    private long _redisSince;
    private long _sweptAt;

    public RecentWriters(RedisConnection redis, TimeSpan recent, TimeProvider timeProvider)
    {
        (_redis, _recent, _timeProvider) = (redis, recent, timeProvider);
        _redisSince = _sweptAt = timeProvider.GetTimestamp();
        redis.Available += () => Volatile.Write(ref _redisSince, timeProvider.GetTimestamp());
    }

    /// <summary>The user has changed something.</summary>
    public async Task AddAsync(Guid userId)
    {
        _own[userId] = _timeProvider.GetTimestamp();
        Sweep();
        await _redis.AskAsync(database => database.StringSetAsync(Key(userId), 1, _recent), CancellationToken.None);
    }

    /// <summary>Whether the user may have changed something that a replica lacks.</summary>
    public async ValueTask<bool> HasWrittenAsync(Guid userId, CancellationToken cancellationToken)
    {
        if ((_own.TryGetValue(userId, out var at) && IsRecent(at)) || !_redis.IsAvailable || IsRecent(Volatile.Read(ref _redisSince)))
            return true;
        var reply = await _redis.AskAsync(database => database.KeyExistsAsync(Key(userId)), cancellationToken);
        return !reply.Answered || reply.Value;
    }

    private bool IsRecent(long at) => _timeProvider.GetElapsedTime(at) < _recent;

    private string Key(Guid userId) => $"{_redis.KeyPrefix}wrote:{userId:N}";

    private void Sweep()
    {
        var before = Volatile.Read(ref _sweptAt);
        if (IsRecent(before) || Interlocked.CompareExchange(ref _sweptAt, _timeProvider.GetTimestamp(), before) != before)
            return;
        foreach (var (userId, at) in _own)
        {
            if (!IsRecent(at))
                _own.TryRemove(new(userId, at));
        }
    }
}
