using StackExchange.Redis;

namespace Switchboard.Core.Redis.Locks;

/// <summary>A lock that is held until it is disposed of, or lost.</summary>
public sealed partial class DistributedLockHandle : IAsyncDisposable
{
    private readonly RedisConnection _redis;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly LocalLocks _local;
    private readonly string _name;
    private readonly RedisKey _key;
    private readonly Guid _token;
    private readonly TimeSpan _expiry;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly ITimer _deadline;
    private readonly Task _renewing;
    private int _disposed;

    internal DistributedLockHandle(
        RedisConnection redis,
        TimeProvider timeProvider,
        ILogger logger,
        LocalLocks local,
        string name,
        string key,
        Guid token,
        TimeSpan expiry,
        bool renew,
        long begun)
    {
        (_redis, _timeProvider, _logger) = (redis, timeProvider, logger);
        (_local, _name, _key, _token, _expiry) = (local, name, key, token, expiry);
        _deadline = timeProvider.CreateTimer(_ => Lose(), null, Left(begun), Timeout.InfiniteTimeSpan);
        _renewing = renew ? KeepRenewingAsync() : Task.CompletedTask;
    }

    /// <summary>The owner's token: no other holder has the same.</summary>
    public string Token => _token.ToString("N");

    /// <summary>Cancelled when the lock is not held any more although it was not released: stop what it protects.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Holds the lock for its expiry from now on.</summary>
    /// <returns>False if it is lost.</returns>
    public async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        if (_lost.IsCancellationRequested)
            return false;
        var begun = _timeProvider.GetTimestamp();
        var reply = await _redis.RunAsync(LockScripts.Renew, [_key], [Token, (long)_expiry.TotalMilliseconds], cancellationToken);
        if (reply.Answered && (long)reply.Value! == 0)
        {
            Lose();
            return false;
        }

        // not answered: without Redis the lock excludes within the process, and goes on doing so
        return _deadline.Change(Left(begun), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Releases the lock, if it is still held.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await _released.CancelAsync();
        await _renewing;
        await _deadline.DisposeAsync();
        await _redis.RunAsync(LockScripts.Release, [_key], [Token], CancellationToken.None);
        _local.Release(_name, _token);
        _released.Dispose();
        _lost.Dispose();
    }

    private TimeSpan Left(long begun)
    {
        var left = _expiry - _timeProvider.GetElapsedTime(begun);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task KeepRenewingAsync()
    {
        using var timer = new PeriodicTimer(_expiry / 3, _timeProvider);
        while (!_lost.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(_released.Token);
                await RenewAsync(_released.Token);
            }
            catch (OperationCanceledException) when (_released.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // tried again at the next tick; the deadline says when the lock is lost
            catch (Exception exception)
#pragma warning restore CA1031
            {
                Log.NotRenewed(_logger, exception, _name);
            }
        }
    }

    private void Lose()
    {
        _local.Release(_name, _token);
        _lost.Cancel();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The lock {Name} could not be renewed; it is tried again.")]
        public static partial void NotRenewed(ILogger logger, Exception exception, string name);
    }
}
