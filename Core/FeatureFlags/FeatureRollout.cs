using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using StackExchange.Redis;
using Switchboard.Core.Jobs;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.FeatureFlags;

/// <summary>
/// Chooses between an optimised path and the plain one that gives the same answer:
/// <code>
/// await rollout.RunAsync(Feature.MaterializedViews, accountId,
///     optimised: ct => ReadView.ExecuteAsync(…, ct), plain: ct => CountRows.ExecuteAsync(…, ct), difference: Analytics.Difference, ct);
/// </code>
/// By flag (<see cref="Feature"/>), by account (<c>{FLAG}_PERCENTAGE</c>), by the circuit breaker (off after failures in a row) and in
/// shadow (<c>{FLAG}_SHADOW</c>); docs/rollback.md is the procedure. A failure counts when the plain path then answered: where both fail
/// the optimisation is not to blame, and the caller gets the plain path's exception. A dependency that is unavailable or took too long is
/// not answered by the plain path, which would ask the same dependency for more: the caller gets that failure.
/// The optimised path must leave nothing half done when it fails, because the plain one runs after it.
/// </summary>
public sealed partial class FeatureRollout
{
    private readonly IFeatureManager _features;
    private readonly RolloutDefinitions _definitions;
    private readonly RolloutFlags _flags;
    private readonly RolloutMetrics _metrics;
    private readonly ShadowRunner _shadows;
    private readonly IReadOnlyDictionary<string, FeatureCircuitBreaker> _breakers;
    private readonly ILogger _logger;

    internal FeatureRollout(
        IFeatureManager features,
        RolloutDefinitions definitions,
        RolloutFlags flags,
        RolloutMetrics metrics,
        ShadowRunner shadows,
        IReadOnlyDictionary<string, FeatureCircuitBreaker> breakers,
        ILogger<FeatureRollout> logger)
    {
        (_features, _definitions, _flags, _metrics, _shadows, _breakers, _logger) =
            (features, definitions, flags, metrics, shadows, breakers, logger);
    }

    /// <summary>Whether a feature is on, by configuration and account alone: for what has no plain path beside it.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="accountId">For whom; null for what belongs to no account, which is on at 100 % alone.</param>
    public async Task<bool> IsOnAsync(Feature feature, Guid? accountId)
    {
        ArgumentNullException.ThrowIfNull(feature);
        try
        {
            return await _features.IsEnabledAsync<ITargetingContext>(feature.Flag, new AccountContext(accountId));
        }
        catch (FeatureManagementException exception)
        {
            // a filter in the section FeatureManagement that does not exist: what is not understood is not on
            Log.NotUnderstood(_logger, feature.Flag, exception);
            return false;
        }
    }

    /// <summary>Runs the path that is due, and the plain one where the optimised one fails.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="accountId">For whom; null for what belongs to no account.</param>
    /// <param name="optimised">In shadow it gets a separate token and may outlive the call: nothing in it may belong to the
    /// request.</param>
    /// <param name="plain">The path that always works.</param>
    /// <param name="difference">Compares the plain answer with the optimised one, in shadow: null if they say the same, else where they
    /// differ in a few words without content of people (200 characters are logged). Without it the feature is never run in shadow, as is
    /// right for all that writes.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<T> RunAsync<T>(
        Feature feature,
        Guid? accountId,
        Func<CancellationToken, Task<T>> optimised,
        Func<CancellationToken, Task<T>> plain,
        Func<T, T, string?>? difference,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(feature);
        ArgumentNullException.ThrowIfNull(optimised);
        ArgumentNullException.ThrowIfNull(plain);
        var isOn = await IsOnAsync(feature, accountId);
        var breaker = _breakers[feature.Flag];
        var path = RolloutDecision.For(isOn, _flags.Of(feature.Flag).Shadow, difference is not null, breaker.Ask);
        switch (path)
        {
            case RolloutPath.Shadow:
                return await _shadows.RunAsync(feature.Flag, accountId, optimised, plain, difference!, cancellationToken);
            case RolloutPath.Optimised or RolloutPath.Trial:
                return await TryAsync(feature.Flag, breaker, path == RolloutPath.Trial, optimised, plain, cancellationToken);
            case RolloutPath.Tripped:
                _metrics.Fallback(feature.Flag, "tripped");
                return await plain(cancellationToken);
            default:
                return await plain(cancellationToken);
        }
    }

    /// <summary>The same, for what answers nothing. It never runs in shadow.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="accountId">For whom; null for what belongs to no account.</param>
    /// <param name="optimised">The optimised path.</param>
    /// <param name="plain">The path that always works.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public Task RunAsync(
        Feature feature,
        Guid? accountId,
        Func<CancellationToken, Task> optimised,
        Func<CancellationToken, Task> plain,
        CancellationToken cancellationToken)
    {
        return RunAsync(
            feature, accountId, token => Nothing(optimised(token)), token => Nothing(plain(token)), difference: null, cancellationToken);

        static async Task<bool> Nothing(Task task)
        {
            await task;
            return true;
        }
    }

    /// <summary>How each feature stands in this process.</summary>
    public async Task<IReadOnlyList<FeatureState>> ListAsync()
    {
        var states = new List<FeatureState>();
        foreach (var feature in Feature.All)
        {
            var (settings, breaker) = (_flags.Of(feature.Flag), _breakers[feature.Flag].State);
            var bySection = await _definitions.IsBySectionAsync(feature.Flag);
            states.Add(new(
                feature.Flag,
                feature.Guards,
                settings.IsSet ? "flag" : bySection ? "section" : "default",
                bySection ? null : settings is { Enabled: true, Percentage: > 0 },
                bySection ? null : settings.Percentage,
                settings.Shadow,
                breaker.Failures,
                breaker.OpenUntil,
                _shadows.Read(feature.Flag)));
        }

        return states;
    }

    private async Task<T> TryAsync<T>(
        string flag,
        FeatureCircuitBreaker breaker,
        bool trial,
        Func<CancellationToken, Task<T>> optimised,
        Func<CancellationToken, Task<T>> plain,
        CancellationToken cancellationToken)
    {
        Exception? failure = null;
        var settled = false;
        try
        {
            try
            {
                var answer = await optimised(cancellationToken);
                breaker.Succeed(trial);
                settled = true;
                return answer;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !IsOfDependencyOrTime(exception))
            {
                failure = exception;
            }

            var plainAnswer = await plain(cancellationToken);
            breaker.Fail(trial, failure);
            settled = true;
            _metrics.Fallback(flag, "failed");
            Log.FellBack(_logger, flag, failure);
            return plainAnswer;
        }
        finally
        {
            if (!settled)
                breaker.Abandon(trial);
        }
    }

    // Redis only makes things faster, so what leans on it goes on without it.
    private static bool IsOfDependencyOrTime(Exception exception) => exception switch
    {
        RedisException or RedisTimeoutException => false,
        BrokerUnavailableException or HttpRequestException or TimeoutException or OperationCanceledException or IOException => true,
        _ => DatabaseFailure.IsUnavailable(exception),
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Flag} failed; the plain path answered.")]
        public static partial void FellBack(ILogger logger, string flag, Exception reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Flag} counts as off: its definition in FeatureManagement cannot be evaluated.")]
        public static partial void NotUnderstood(ILogger logger, string flag, Exception exception);
    }
}

/// <summary>Which way a call goes: a pure decision.</summary>
internal static class RolloutDecision
{
    /// <summary>
    /// Off means off, shadow included. In shadow the circuit breaker is not
    /// asked, because nothing depends on the optimised path; and a call that cannot be compared takes the plain path alone.
    /// </summary>
    /// <param name="isOn">Whether the flag is on for this account.</param>
    /// <param name="shadow">Whether it only runs beside the plain path.</param>
    /// <param name="comparable">Whether this call can tell differences.</param>
    /// <param name="ask">Asks the circuit breaker; called only when its answer counts.</param>
    public static RolloutPath For(bool isOn, bool shadow, bool comparable, Func<BreakerVerdict> ask) =>
        !isOn ? RolloutPath.Plain
        : shadow ? comparable ? RolloutPath.Shadow : RolloutPath.Plain
        : ask() switch
        {
            BreakerVerdict.Closed => RolloutPath.Optimised,
            BreakerVerdict.Trial => RolloutPath.Trial,
            _ => RolloutPath.Tripped,
        };
}

/// <summary>Which way a call goes.</summary>
internal enum RolloutPath
{
    /// <summary>The flag is off: the plain path.</summary>
    Plain,

    /// <summary>The flag is on, but the circuit breaker is open: the plain path.</summary>
    Tripped,

    /// <summary>The optimised path, and the plain one if it fails.</summary>
    Optimised,

    /// <summary>The same, as the one call that tries whether it works again.</summary>
    Trial,

    /// <summary>The plain path answers, the optimised one runs beside it and is compared.</summary>
    Shadow,
}
