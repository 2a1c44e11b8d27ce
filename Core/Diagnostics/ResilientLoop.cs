namespace Switchboard.Core.Diagnostics;

/// <summary>
/// A background service that runs one step again and again until the process stops. Whatever a step throws is logged, and the next try
/// comes after a wait that doubles up to <see cref="LongestWait"/>, with jitter: one loop never ends its process, and many don't come
/// back at the same moment. An outage is logged once at its start and once at its end, not at each try.
/// </summary>
public abstract partial class ResilientLoop : BackgroundService
{
    /// <summary>The wait after the first failure.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    /// <summary>No wait after a failure is longer, jitter included.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private const int MaxDoublings = 10;

    private readonly ILogger _logger;

    /// <summary>Creates the loop; it runs as a hosted service.</summary>
    protected ResilientLoop(TimeProvider timeProvider, ILogger logger)
    {
        TimeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>The clock that its waits go by.</summary>
    protected TimeProvider TimeProvider { get; }

    /// <summary>The wait before the next try.</summary>
    /// <param name="failures">How many failed in a row, from 1.</param>
    /// <param name="random">From 0 to 1: where in the jitter's range, the upper half of the wait, it falls.</param>
    public static TimeSpan WaitAfter(int failures, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var wait = FirstWait * Math.Pow(2, Math.Min(failures - 1, MaxDoublings));
        return (wait < LongestWait ? wait : LongestWait) * (0.5 + (random / 2));
    }

    /// <summary>One step.</summary>
    /// <returns>The wait before the next one; <see cref="Timeout.InfiniteTimeSpan"/> when there is nothing more to do.</returns>
    protected abstract Task<TimeSpan> RunOnceAsync(CancellationToken cancellationToken);

    /// <summary>Runs once when the process stops, after the last step.</summary>
    protected virtual Task FinishAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // a step that never waits must not hold up the start of the process
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                wait = await RunOnceAsync(stoppingToken);
                if (failures > 0)
                    Log.Recovered(_logger, GetType().Name, failures);
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // whatever it is, the loop goes on
            catch (Exception reason)
#pragma warning restore CA1031
            {
                Log.Failed(_logger, failures == 0 ? LogLevel.Error : LogLevel.Debug, reason, GetType().Name);
#pragma warning disable CA5394 // jitter, not a secret
                wait = WaitAfter(++failures, Random.Shared.NextDouble());
#pragma warning restore CA5394
            }

            await Task.Delay(wait, TimeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await TryFinishAsync();
    }

    private async Task TryFinishAsync()
    {
        try
        {
            await FinishAsync();
        }
#pragma warning disable CA1031 // the process stops in any case
        catch (Exception reason)
#pragma warning restore CA1031
        {
            Log.NotFinished(_logger, reason, GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "{Loop} failed and is tried again until it succeeds")]
        public static partial void Failed(ILogger logger, LogLevel level, Exception reason, string loop);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Loop} succeeded again after {Failures} failures")]
        public static partial void Recovered(ILogger logger, string loop, int failures);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Loop} could not do its last step before the process stops")]
        public static partial void NotFinished(ILogger logger, Exception reason, string loop);
    }
}
