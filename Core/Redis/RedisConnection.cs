using StackExchange.Redis;
using Switchboard.Core.Diagnostics;

namespace Switchboard.Core.Redis;

/// <summary>What Redis answered, if it did.</summary>
/// <param name="Answered">False when it did not: the caller goes on with what it has in memory.</param>
/// <param name="Value">The answer.</param>
/// <typeparam name="T">The answer's type.</typeparam>
public readonly record struct RedisReply<T>(bool Answered, T? Value);

/// <summary>
/// The process's connection to Redis: what the client does not have itself. A command never throws because Redis is unavailable and never
/// waits long: it answers within <see cref="RedisOptions.RedisTimeoutMs"/> or counts as unanswered. No command is tried while Redis is
/// unavailable: from when the client lost its connection, or <see cref="RedisHeartbeat"/> found it silent, until a heartbeat came back.
/// A heartbeat writes, so that a server that only reads is unavailable too; it goes out by PUBLISH and comes back by SUBSCRIBE, which
/// proves both connections, and that all messages published before it have arrived.
/// </summary>
public sealed partial class RedisConnection : ResilientLoop
{
    // Keys: the heartbeat's key, which is its channel too. Arguments: what is sent, life of the key in ms. Answers: how many subscribe.
    private const string HeartbeatScript = """
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return redis.call('PUBLISH', KEYS[1], ARGV[1])
        """;

    private const int HeartbeatLifeMs = 60_000;
    private const int LongestTimeoutFactor = 4;

    private readonly Func<IConnectionMultiplexer> _connect;
    private readonly ILogger _logger;
    private readonly TimeSpan _timeout;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _trust;
    private readonly string _echo;
    private readonly RedisHeartbeat _heartbeat;
    private readonly RedisSubscriptions _subscriptions;
    private readonly Lock _state = new();

    private volatile IConnectionMultiplexer? _connection;
    private volatile bool _available;
    private bool _unavailableLogged;
    private int _errorLogged;
    private Task _sending = Task.CompletedTask;

    /// <summary>Creates the connection; it connects when it is started as a hosted service.</summary>
    /// <param name="connect">Makes or finds the client; may block and may throw while Redis is unavailable.</param>
    /// <param name="options">Times.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">The log.</param>
    public RedisConnection(
        Func<IConnectionMultiplexer> connect, IOptions<RedisOptions> options, TimeProvider timeProvider, ILogger<RedisConnection> logger)
        : base(timeProvider, logger)
    {
        _connect = connect;
        _logger = logger;
        KeyPrefix = options.Value.KeyPrefix;
        _timeout = TimeSpan.FromMilliseconds(options.Value.RedisTimeoutMs);
        _interval = TimeSpan.FromMilliseconds(options.Value.HeartbeatMs);
        _trust = TimeSpan.FromMilliseconds(options.Value.TrustMs);
        _echo = $"{KeyPrefix}echo:{Guid.CreateVersion7(timeProvider.GetUtcNow())}";
        _subscriptions = new RedisSubscriptions(_echo, timeProvider, MarkAvailable);
        _heartbeat = new RedisHeartbeat(_interval, TimeSpan.FromMilliseconds(options.Value.DownAfterMs), timeProvider);
    }

    /// <summary>Raised when published messages may have been missed, before Redis counts as available again.</summary>
    public event Action? Returned
    {
        add => _subscriptions.Returned += value;
        remove => _subscriptions.Returned -= value;
    }

    /// <summary>Raised when commands are tried again.</summary>
    public event Action? Available;

    /// <summary>Whether commands are tried at the moment.</summary>
    public bool IsAvailable => _available;

    /// <summary>Whether everything that was published until <see cref="RedisOptions.TrustMs"/> ago has certainly arrived.</summary>
    public bool IsHearing => _subscriptions.IsHearing(_trust);

    /// <summary>Stands before every key and channel.</summary>
    public string KeyPrefix { get; }

    /// <summary>Where this process's latest heartbeat is: when it was sent, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    internal string HeartbeatKey => _echo;

    // on a busy machine answers are as late as the process's own timer
    private TimeSpan CommandTimeout => _timeout + _heartbeat.Delay is var timeout && timeout < _timeout * LongestTimeoutFactor
        ? timeout
        : _timeout * LongestTimeoutFactor;

    /// <summary>Calls <paramref name="receive"/> with each message on a channel, from when the next heartbeat has come back.</summary>
    /// <param name="channel">The channel, without the prefix.</param>
    /// <param name="receive">Must be quick and not throw.</param>
    public void Listen(string channel, Action<RedisValue> receive) => _subscriptions.Add(KeyPrefix + channel, receive);

    /// <summary>Sends a command and waits for its answer.</summary>
    /// <param name="call">Sends it.</param>
    /// <param name="cancellationToken">Ends the wait, not the command.</param>
    public async Task<RedisReply<T>> AskAsync<T>(Func<IDatabase, Task<T>> call, CancellationToken cancellationToken)
    {
        if (!_available || _connection is not { } connection)
            return default;
        try
        {
            return new(true, await call(connection.GetDatabase()).WaitAsync(CommandTimeout, TimeProvider, cancellationToken));
        }
        catch (TimeoutException exception)
        {
            // one slow answer is no outage: whether it is one, the heartbeats say
            Log.Unanswered(_logger, exception);
        }
        catch (RedisServerException exception)
        {
            LogErrorOnce(exception);
        }
        catch (Exception exception) when (IsConnectionLost(exception))
        {
            Lose(exception);
        }

        return default;
    }

    /// <summary>Runs a script (EVALSHA; the script itself is sent only when the server does not know it).</summary>
    /// <param name="script">The script.</param>
    /// <param name="keys">Its keys, with prefix.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellationToken">Ends the wait, not the script.</param>
    public Task<RedisReply<RedisResult>> RunAsync(
        string script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        AskAsync(database => EvaluateAsync(database, script, keys, arguments), cancellationToken);

    /// <inheritdoc/>
    protected override async Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken)
    {
        var connection = _connection ??= await ConnectAsync(cancellationToken);
        _heartbeat.Tick();
        Volatile.Write(ref _errorLogged, 0);
        if (_heartbeat.IsSilent)
            Lose(null);
        // one at a time: a server that hangs finds no queue of them when it goes on
        if (_sending.IsCompleted)
            _sending = SendHeartbeatAsync(connection);
        return _interval;
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

    private static bool IsConnectionLost(Exception exception) =>
        exception is RedisException or RedisCommandException or ObjectDisposedException;

    private async Task<IConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        var connection = await Task.Run(_connect, cancellationToken);
        connection.ConnectionFailed += (_, failed) =>
        {
            if (failed.ConnectionType == ConnectionType.Subscription)
                _subscriptions.MissMessages();
            else
                Lose(failed.Exception);
        };
        connection.ConnectionRestored += (_, _) => _subscriptions.MissMessages();
        return connection;
    }

    private async Task SendHeartbeatAsync(IConnectionMultiplexer connection)
    {
        try
        {
            await _subscriptions.EnsureAsync(connection.GetSubscriber());
            var receivers = await EvaluateAsync(
                connection.GetDatabase(), HeartbeatScript, [_echo], [TimeProvider.GetTimestamp(), HeartbeatLifeMs]);
            _heartbeat.Answer();
            if ((long)receivers == 0)
                _subscriptions.Forget();
        }
        catch (TimeoutException exception)
        {
            Log.Unanswered(_logger, exception);
        }
#pragma warning disable CA1031 // the next heartbeat is sent in any case
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // without a connection, or answered by an error: it only reads, is loading, has no memory left
            Lose(exception);
        }
    }

    private void MarkAvailable()
    {
        lock (_state)
        {
            if (_available)
                return;
            _available = true;
            _unavailableLogged = false;
        }

        Log.Available(_logger);
        Available?.Invoke();
    }

    // in this order: no heartbeat from before makes it available again
    private void Lose(Exception? exception)
    {
        _subscriptions.MissMessages();
        lock (_state)
        {
            if (_unavailableLogged)
                return;
            _unavailableLogged = true;
            _available = false;
        }

        Log.Unavailable(_logger, exception);
    }

    private void LogErrorOnce(Exception exception)
    {
        if (Interlocked.Exchange(ref _errorLogged, 1) == 0)
            Log.Error(_logger, exception);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Redis is available.")]
        public static partial void Available(ILogger logger);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is unavailable; working on memory alone.")]
        public static partial void Unavailable(ILogger logger, Exception? exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis answered a command by an error; going on without it.")]
        public static partial void Error(ILogger logger, Exception exception);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Redis did not answer in time.")]
        public static partial void Unanswered(ILogger logger, Exception exception);
    }
}
