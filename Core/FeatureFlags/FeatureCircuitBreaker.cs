namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// The circuit breaker of one feature in this process; <see cref="BreakerState"/> decides. Not Polly's: that one knows a ratio of failures
/// in a time, no failures in a row, and cannot follow another process until a time.
/// </summary>
internal sealed partial class FeatureCircuitBreaker(
    string flag, RolloutOptions options, TimeProvider timeProvider, RolloutMetrics metrics, ILogger logger)
{
    private readonly Lock _gate = new();
    private BreakerState _state = BreakerState.Closed;

    /// <summary>Raised when it opened in this process, with the time until which it is open.</summary>
    public event Action<string, DateTimeOffset>? Opened;

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
            (var verdict, _state) = _state.Ask(timeProvider.GetUtcNow());
            return verdict;
        }
    }

    public void Succeed(bool trial)
    {
        if (Change(state => state.Succeed(trial)) is { Before.OpenUntil: not null, After.OpenUntil: null })
        {
            metrics.Flip(flag, "on");
            Log.Closed(logger, flag);
        }
    }

    public void Fail(bool trial, Exception reason)
    {
        var (before, after) = Change(
            state => state.Fail(trial, timeProvider.GetUtcNow(), options.FailuresInARow, TimeSpan.FromSeconds(options.OffSeconds)));
        if (after.OpenUntil is { } until && after.OpenUntil != before.OpenUntil)
        {
            metrics.Flip(flag, "off");
            Log.Opened(logger, flag, until, after.Failures, reason);
            Opened?.Invoke(flag, until);
        }
    }

    public void Abandon(bool trial) => Change(state => state.Abandon(trial));

    public void Follow(DateTimeOffset until)
    {
        var (before, after) = Change(state => state.Follow(until));
        if (before.OpenUntil != after.OpenUntil)
        {
            metrics.Flip(flag, "off");
            Log.OpenedElsewhere(logger, flag, until);
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
            Message = "The circuit breaker turned {Flag} off until {Until:O} after {Failures} failures in a row; the plain path serves.")]
        public static partial void Opened(ILogger logger, string flag, DateTimeOffset until, int failures, Exception reason);

        [LoggerMessage(Level = LogLevel.Warning,
            Message = "Another process turned {Flag} off until {Until:O}; the plain path serves here too.")]
        public static partial void OpenedElsewhere(ILogger logger, string flag, DateTimeOffset until);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Flag} was tried and works: it is on again.")]
        public static partial void Closed(ILogger logger, string flag);
    }
}

/// <summary>
/// How the breaker stands: a value, and pure decisions. Failures in a row are counted, not failures in a time: under thousands of calls a
/// second a few always fail, and of an optimisation that fails every other time five in a row come soon enough.
/// </summary>
/// <param name="Failures">How many in a row.</param>
/// <param name="OpenUntil">Until when the feature is off; null while it is on.</param>
/// <param name="TrialUntil">While open: until when the one trial that was let through may still answer.</param>
internal sealed record BreakerState(int Failures, DateTimeOffset? OpenUntil, DateTimeOffset? TrialUntil)
{
    public static readonly BreakerState Closed = new(0, null, null);

    /// <summary>A trial that never answers is over after this; then another one is let through.</summary>
    public static readonly TimeSpan MaxTrial = TimeSpan.FromMinutes(1);

    // how much later than meant a message may arrive
    private static readonly TimeSpan SameOpening = TimeSpan.FromSeconds(2);

    /// <summary>What a call does now.</summary>
    public (BreakerVerdict Verdict, BreakerState Next) Ask(DateTimeOffset now) => this switch
    {
        { OpenUntil: null } => (BreakerVerdict.Closed, this),
        { OpenUntil: var until } when now < until => (BreakerVerdict.Open, this),
        { TrialUntil: { } trial } when now < trial => (BreakerVerdict.Open, this),
        _ => (BreakerVerdict.Trial, this with { TrialUntil = now + MaxTrial }),
    };

    /// <summary>The optimised path answered.</summary>
    /// <param name="trial">Whether it was the trial; what started before the breaker opened says nothing about it.</param>
    public BreakerState Succeed(bool trial) => OpenUntil is null || trial ? Closed : this;

    /// <summary>The optimised path failed where the plain one answered.</summary>
    public BreakerState Fail(bool trial, DateTimeOffset now, int failuresInARow, TimeSpan off) =>
        OpenUntil is not null ? trial ? Open(now + off) : this
        : Failures + 1 >= failuresInARow ? Open(now + off)
        : this with { Failures = Failures + 1 };

    /// <summary>The trial ended without an answer: its caller left, or the plain path failed too.</summary>
    public BreakerState Abandon(bool trial) => trial ? this with { TrialUntil = null } : this;

    /// <summary>It opened in another process; the echo of the own opening changes nothing.</summary>
    public BreakerState Follow(DateTimeOffset until) => OpenUntil + SameOpening >= until ? this : new(Failures, until, null);

    private BreakerState Open(DateTimeOffset until) => new(Failures + (OpenUntil is null ? 1 : 0), until, null);
}

/// <summary>What the circuit breaker says to a call.</summary>
internal enum BreakerVerdict
{
    /// <summary>Take the optimised path.</summary>
    Closed,

    /// <summary>Take it, as the one call that tries whether it works again.</summary>
    Trial,

    /// <summary>Take the plain path.</summary>
    Open,
}
