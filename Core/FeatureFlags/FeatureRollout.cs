using Microsoft.Extensions.Logging;
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
/// By flag (<see cref="Feature"/>), by account (<c>{FLAG}_PERCENTAGE</c>), by the safety switch (off after failures in a row) and in
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
    private readonly IReadOnlyDictionary<string, FeatureCircuitBreaker> _switches;
    private readonly ILogger _logger;

    internal FeatureRollout(
        IFeatureManager features,
        RolloutDefinitions definitions,
        RolloutFlags flags,
        RolloutMetrics metrics,
        ShadowRunner shadows,
        IReadOnlyDictionary<string, FeatureCircuitBreaker> switches,
        ILogger<FeatureRollout> logger)
    {
        (_features, _definitions, _flags, _metrics, _shadows, _switches, _logger) =
            (features, definitions, flags, metrics, shadows, switches, logger);
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
    /// <param name="optimised">In shadow it gets a token of its own and may outlive the call: nothing in it may belong to the request.</param>
    /// <param name="plain">The path that always works.</param>
    /// <param name="difference">Compares the plain answer with the optimised one, in shadow: null if they say the same, else where they
    /// differ in a few words without content of people (200 characters are logged). Without it the feature is never run in shadow, as is
    /// right for all that writes.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<T> RunAsync<T>(
        Feature feature,
        Guid? accountId,
        Func<CancellationToken, Task<T>> optimised,
        Func<CancellationToken, Task<T>> plain,
        Func<T, T, string?>? difference,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(feature);
        ArgumentNullException.ThrowIfNull(optimised);
        ArgumentNullException.ThrowIfNull(plain);
        var isOn = await IsOnAsync(feature, accountId);
        var safety = _switches[feature.Flag];
        var path = RolloutDecision.For(isOn, _flags.Of(feature.Flag).Shadow, difference is not null, safety.Ask);
        switch (path)
        {
            case RolloutPath.Shadow:
                return await _shadows.RunAsync(feature.Flag, accountId, optimised, plain, difference!, cancellation);
            case RolloutPath.Optimised or RolloutPath.Trial:
                return await TryAsync(feature.Flag, safety, path == RolloutPath.Trial, optimised, plain, cancellation);
            case RolloutPath.Tripped:
                _metrics.Fallback(feature.Flag, "tripped");
                return await plain(cancellation);
            default:
                return await plain(cancellation);
        }
    }

    /// <summary>The same, for what answers nothing. It never runs in shadow.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="accountId">For whom; null for what belongs to no account.</param>
    /// <param name="optimised">The optimised path.</param>
    /// <param name="plain">The path that always works.</param>
    /// <param name="cancellation">Ends the call.</param>
    public Task RunAsync(
        Feature feature,
        Guid? accountId,
        Func<CancellationToken, Task> optimised,
        Func<CancellationToken, Task> plain,
        CancellationToken cancellation)
    {
        return RunAsync(feature, accountId, ct => Nothing(optimised(ct)), ct => Nothing(plain(ct)), difference: null, cancellation);

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
            var (settings, safety) = (_flags.Of(feature.Flag), _switches[feature.Flag].State);
            var bySection = await _definitions.IsBySectionAsync(feature.Flag);
            states.Add(new(
                feature.Flag,
                feature.Guards,
                settings.IsSet ? "flag" : bySection ? "section" : "default",
                bySection ? null : settings is { Enabled: true, Percentage: > 0 },
                bySection ? null : settings.Percentage,
                settings.Shadow,
                safety.Failures,
                safety.OffUntil,
                _shadows.Read(feature.Flag)));
        }

        return states;
    }

    private async Task<T> TryAsync<T>(
        string flag,
        FeatureCircuitBreaker safety,
        bool trial,
        Func<CancellationToken, Task<T>> optimised,
        Func<CancellationToken, Task<T>> plain,
        CancellationToken cancellation)
    {
        Exception? failure = null;
        var settled = false;
        try
        {
            try
            {
                var answer = await optimised(cancellation);
                safety.Succeed(trial);
                settled = true;
                return answer;
            }
            catch (Exception exception) when (!cancellation.IsCancellationRequested && !IsOfDependencyOrTime(exception))
            {
                failure = exception;
            }

            var plainAnswer = await plain(cancellation);
            safety.Fail(trial, failure);
            settled = true;
            _metrics.Fallback(flag, "failed");
            Log.FellBack(_logger, flag, failure);
            return plainAnswer;
        }
        finally
        {
            if (!settled)
                safety.Abandon(trial);
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
