using RabbitMQ.Client;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;

namespace Switchboard.Core.RabbitMq;

/// <summary>
/// Keeps one connection to the broker: makes it, opens a session on it, and when either is lost starts over until it is stopped.
/// It does so itself because the client's own recovery needs a first connection that succeeded, and brings back channels
/// without what had been agreed on them (outstanding confirms, delivery tags).
/// </summary>
/// <typeparam name="TSession">What is opened on each connection.</typeparam>
internal sealed partial class BrokerConnection<TSession>(
    IConnectionFactory factory,
    string name,
    Func<IConnection, CancellationToken, Task<TSession>> open,
    TimeProvider timeProvider,
    ILogger logger)
    where TSession : class, IBrokerSession
{
    private static readonly TimeSpan _firstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _warnAgainAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _connectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(2);

    private volatile TaskCompletionSource<TSession> _session = NewSource();
    private volatile Exception? _down;

    /// <summary>The open session, if there is one.</summary>
    public TSession? Current => _session.Task is { IsCompletedSuccessfully: true, Result: var session } ? session : null;

    /// <summary>The open session. While the very first connection is being made it is waited for; later an absence is known at
    /// once.</summary>
    /// <exception cref="BrokerUnavailableException">There is none.</exception>
    public ValueTask<TSession> GetAsync(TimeSpan firstConnection, CancellationToken cancellationToken)
    {
        var session = _session.Task;
        if (session.IsCompletedSuccessfully)
            return new(session.Result);
        if (_down is { } reason)
            throw new BrokerUnavailableException("The broker is unavailable.", reason);
        return new(FirstAsync(session, firstConnection, cancellationToken));
    }

    /// <summary>Runs until cancelled; the last session is closed by then.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var failures = 0;
        var warnedAt = 0L;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await ConnectAndServeAsync(() => failures = 0, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // whatever ended the connection, the answer is to make another
            catch (Exception reason)
#pragma warning restore CA1031
            {
                GoDown(reason);
                // once an outage and then each minute, not once a try
                var warn = failures == 0 || timeProvider.GetElapsedTime(warnedAt) >= _warnAgainAfter;
                if (warn)
                    warnedAt = timeProvider.GetTimestamp();
                Log.Away(logger, warn ? LogLevel.Warning : LogLevel.Debug, name, reason);
            }

            var wait = _firstWait * Math.Pow(2, Math.Min(failures++, 10));
            await Task.Delay(wait < _longestWait ? wait : _longestWait, timeProvider, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _down = new OperationCanceledException("The process is stopping.");
        if (!_session.TrySetException(new BrokerUnavailableException(_down.Message, _down)))
            _session = NewSource();
    }

    private static TaskCompletionSource<TSession> NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<TSession> FirstAsync(Task<TSession> session, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await session.WaitAsync(timeout, timeProvider, cancellationToken);
        }
        catch (TimeoutException reason)
        {
            throw new BrokerUnavailableException("The broker was not reached yet.", reason);
        }
    }

    private async Task ConnectAndServeAsync(Action connected, CancellationToken stopping)
    {
        await using var connection = await ConnectAsync(stopping);
        var shutdown = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, reason) =>
        {
            shutdown.TrySetResult(reason.Exception ?? new IOException(reason.ReplyText));
            return Task.CompletedTask;
        };

        try
        {
            await using var session = await open(connection, stopping);
            connected();
            GoUp(session);
            await Task.WhenAny(shutdown.Task, session.Lost).WaitAsync(stopping);
            GoDown(shutdown.Task.IsCompleted ? await shutdown.Task : new IOException("A channel was closed."));
        }
        finally
        {
            // also ends the client's own attempts to recover
            await connection.CloseAsync(Constants.ReplySuccess, "closed", _closeTimeout, abort: true, CancellationToken.None);
        }
    }

    private async Task<IConnection> ConnectAsync(CancellationToken stopping)
    {
        using var limit = new CancellationTokenSource(_connectTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        return await factory.CreateConnectionAsync(name, either.Token);
    }

    private void GoUp(TSession session)
    {
        _down = null;
        _session.TrySetResult(session);
        Log.Connected(logger, name);
    }

    private void GoDown(Exception reason)
    {
        _down = reason;
        var before = Interlocked.Exchange(ref _session, NewSource());
        // those who wait for the very first connection get its failure now
        if (before.TrySetException(new BrokerUnavailableException("The broker is unavailable.", reason)))
            _ = before.Task.Exception;
        else if (before.Task.IsCompletedSuccessfully)
            Log.Lost(logger, name, reason);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Connected to the broker ({Name})")]
        public static partial void Connected(ILogger logger, string name);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Lost the broker ({Name}): {Reason}")]
        public static partial void Lost(ILogger logger, string name, Redacted reason);

        [LoggerMessage(Message = "The broker is unavailable ({Name}): {Reason}")]
        public static partial void Away(ILogger logger, LogLevel level, string name, Redacted reason);
    }
}

/// <summary>The resources of one connection to the broker.</summary>
internal interface IBrokerSession : IAsyncDisposable
{
    /// <summary>Completes when the session can no longer do its work and the connection has to be made again.</summary>
    Task Lost { get; }
}
