using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Switchboard.Core.Redis;

/// <summary>
/// The process's way to Redis. It never throws because Redis is away: a command answers or does not, within
/// <see cref="RedisOptions.RedisTimeoutMs"/>; after one that did not, the next ones are not tried until a heartbeat came back.
/// A heartbeat goes out by PUBLISH and comes back by SUBSCRIBE, so that it proves both connections, and that all messages
/// published before it have arrived.
/// </summary>
/// <param name="connect">Makes or finds the connection; may block and may throw while Redis is away.</param>
/// <param name="options">Times.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed partial class RedisConnection(
    Func<IConnectionMultiplexer> connect,
    IOptions<RedisOptions> options,
    TimeProvider time,
    ILogger<RedisConnection> logger) : BackgroundService
{
    private static readonly TimeSpan ConnectAgainAfter = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(options.Value.RedisTimeoutMs);
    private readonly TimeSpan _trust = TimeSpan.FromMilliseconds(options.Value.TrustMs);
    private readonly RedisChannel _echo = Literal($"{options.Value.KeyPrefix}echo:{Guid.CreateVersion7()}");
    private readonly ConcurrentDictionary<string, Action<RedisValue>> _listeners = new();

    private volatile IConnectionMultiplexer? _connection;
    private volatile Beat _beat = new(0, 0);
    private volatile bool _available;
    private volatile bool _gap = true;
    private volatile bool _subscribed;
    private long _heardAt = long.MinValue;
    private long _listenedAt = long.MinValue;

    /// <summary>Raised when Redis is back after a time in which published messages may have been missed, before it counts as available.</summary>
    public event Action? Returned;

    /// <summary>Raised when commands are tried again.</summary>
    public event Action? Available;

    /// <summary>Whether commands are tried at the moment.</summary>
    public bool IsAvailable => _available;

    /// <summary>Whether everything that was published until <see cref="RedisOptions.TrustMs"/> ago has certainly been heard.</summary>
    public bool IsHearing => Volatile.Read(ref _heardAt) is > long.MinValue and var heard && time.GetElapsedTime(heard) <= _trust;

    /// <summary>Stands before every key and channel.</summary>
    public string KeyPrefix => options.Value.KeyPrefix;

    /// <summary>Calls <paramref name="heard"/> with each message on a channel, from when the next heartbeat has come back.</summary>
    /// <param name="channel">The channel, without the prefix.</param>
    /// <param name="heard">Must be quick and not throw.</param>
    public void Listen(string channel, Action<RedisValue> heard)
    {
        if (!_listeners.TryAdd(KeyPrefix + channel, heard))
            throw new InvalidOperationException($"The channel '{channel}' is listened to already.");
        _subscribed = false;
        _gap = true;
        Volatile.Write(ref _listenedAt, time.GetTimestamp());
        Volatile.Write(ref _heardAt, long.MinValue);
    }

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <param name="command">The command's name, for the span.</param>
    /// <param name="call">Sends it.</param>
    /// <param name="cancellation">Ends the wait, not the command.</param>
    public async Task<RedisReply<T>> AskAsync<T>(string command, Func<IDatabase, Task<T>> call, CancellationToken cancellation)
    {
        if (!_available || _connection is not { } connection)
            return default;
        try
        {
            return new(true, await call(connection.GetDatabase()).WaitAsync(_timeout, time, cancellation));
        }
        catch (Exception exception) when (IsAway(exception))
        {
            Suspend(exception);
            return default;
        }
    }

    /// <summary>Runs a script (EVALSHA; the script itself is sent only when the server does not know it).</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys, with prefix.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Ends the wait, not the script.</param>
    public Task<RedisReply<RedisResult>> RunAsync(
        string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellation) =>
        AskAsync("EVALSHA", database => EvaluateAsync(database, script, keys, arguments), cancellation);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await ConnectAsync(stoppingToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.HeartbeatMs), time);
        do
        {
            await SendBeatAsync();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static async Task<RedisResult> EvaluateAsync(IDatabase database, string script, RedisKey[] keys, RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.None);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // The server was restarted or its scripts were flushed. The client knows that now and sends the script itself.
            return await database.ScriptEvaluateAsync(script, keys, arguments, CommandFlags.None);
        }
    }

    private static RedisChannel Literal(string name) => new(name, RedisChannel.PatternMode.Literal);

    private static bool IsAway(Exception exception) =>
        exception is RedisException or RedisCommandException or TimeoutException or ObjectDisposedException;

    private async Task ConnectAsync(CancellationToken stopping)
    {
        while (_connection is null)
        {
            try
            {
                var connection = await Task.Run(connect, stopping);
                connection.ConnectionFailed += (_, failed) => Lose(failed.Exception);
                connection.ConnectionRestored += (_, _) => _gap = true;
                _connection = connection;
            }
            catch (Exception exception) when (IsAway(exception))
            {
                Log.ConnectFailed(logger, exception);
                await Task.Delay(ConnectAgainAfter, time, stopping);
            }
        }
    }

    private async Task SendBeatAsync()
    {
        if (_available && IsOverdue())
            Lose(null);
        try
        {
            if (!_subscribed)
                await SubscribeAsync(_connection!.GetSubscriber()).WaitAsync(_timeout, time);
            var beat = _beat = new Beat(_beat.Number + 1, time.GetTimestamp());
            var receivers = await _connection!.GetDatabase().PublishAsync(_echo, beat.Number).WaitAsync(_timeout, time);
            _subscribed &= receivers > 0;
        }
        catch (Exception exception) when (IsAway(exception))
        {
            Suspend(exception);
        }
    }

    // A listener that came later is not heard from yet, which says nothing of Redis.
    private bool IsOverdue() =>
        time.GetElapsedTime(Math.Max(Volatile.Read(ref _heardAt), Volatile.Read(ref _listenedAt))) > _trust;

    // Also how a subscription is made again that the server forgot; undone first, or its handler would be called twice.
    private async Task SubscribeAsync(ISubscriber subscriber)
    {
        _gap = true;
        _subscribed = true;
        await subscriber.UnsubscribeAllAsync(CommandFlags.None);
        foreach (var (channel, heard) in _listeners)
            await subscriber.SubscribeAsync(Literal(channel), (_, message) => heard(message), CommandFlags.None);
        await subscriber.SubscribeAsync(_echo, (_, number) => Hear((long)number), CommandFlags.None);
    }

    private void Hear(long number)
    {
        var beat = _beat;
        if (beat.Number != number)
            return;
        if (_gap || !IsHearing)
        {
            _gap = false;
            Returned?.Invoke();
        }

        Volatile.Write(ref _heardAt, beat.SentAt);
        if (_available)
            return;
        _available = true;
        Log.Available(logger);
        Available?.Invoke();
    }

    private void Lose(Exception? exception)
    {
        _gap = true;
        Suspend(exception);
    }

    private void Suspend(Exception? exception)
    {
        if (!_available)
            return;
        _available = false;
        Log.Away(logger, exception);
    }

    private sealed record Beat(long Number, long SentAt);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Redis is available.")]
        public static partial void Available(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is away; working on memory alone.")]
        public static partial void Away(ILogger logger, Exception? exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Cannot connect to Redis; working on memory alone and trying again.")]
        public static partial void ConnectFailed(ILogger logger, Exception exception);
    }
}
