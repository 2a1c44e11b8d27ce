using Microsoft.Extensions.Logging;

namespace Switchboard.Core.FeatureFlags;

/// <summary>The safety switch of one feature in this process; <see cref="BreakerState"/> decides.</summary>
internal sealed partial class FeatureCircuitBreaker(string flag, RolloutOptions options, TimeProvider time, RolloutMetrics metrics, ILogger logger)
{
    private readonly Lock _gate = new();
    private BreakerState _state = BreakerState.On;

    /// <summary>Raised when this process turned it off itself, with the time until which it is off.</summary>
    public event Action<string, DateTimeOffset>? Fell;

    public BreakerState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
    }

    public BreakerVerdict Ask()
    {
        lock (_gate)
        {
            (var verdict, _state) = _state.Ask(time.GetUtcNow());
            return verdict;
        }
    }

    public void Succeed(bool trial)
    {
        if (Change(state => state.Succeed(trial)) is { Before.OffUntil: not null, After.OffUntil: null })
        {
            metrics.Flip(flag, "on");
            Log.OnAgain(logger, flag);
        }
    }

    public void Fail(bool trial, Exception reason)
    {
        var (before, after) = Change(
            state => state.Fail(trial, time.GetUtcNow(), options.FailuresInARow, TimeSpan.FromSeconds(options.OffSeconds)));
        if (after.OffUntil is { } until && after.OffUntil != before.OffUntil)
        {
            metrics.Flip(flag, "off");
            Log.Off(logger, flag, until, after.Failures, reason);
            Fell?.Invoke(flag, until);
        }
    }

    public void Abandon(bool trial) => Change(state => state.Abandon(trial));

    public void Hear(DateTimeOffset until)
    {
        var (before, after) = Change(state => state.Hear(until));
        if (before.OffUntil != after.OffUntil)
        {
            metrics.Flip(flag, "off");
            Log.OffElsewhere(logger, flag, until);
        }
    }

    private (BreakerState Before, BreakerState After) Change(Func<BreakerState, BreakerState> change)
    {
        lock (_gate)
        {
            var before = _state;
            return (before, _state = change(before));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error,
            Message = "The safety switch turned {Flag} off until {Until:O} after {Failures} failures in a row; the plain path serves.")]
        public static partial void Off(ILogger logger, string flag, DateTimeOffset until, int failures, Exception reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Another process turned {Flag} off until {Until:O}; the plain path serves here too.")]
        public static partial void OffElsewhere(ILogger logger, string flag, DateTimeOffset until);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Flag} was tried and works: it is on again.")]
        public static partial void OnAgain(ILogger logger, string flag);
    }
}
