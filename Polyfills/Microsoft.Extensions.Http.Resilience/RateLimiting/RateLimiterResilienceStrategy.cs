using System.Threading.RateLimiting;
using Polly.Telemetry;

namespace Polly.RateLimiting;

/// <summary>Runs an execution while it holds a lease, and refuses it when it gets none.</summary>
internal sealed class RateLimiterResilienceStrategy(
    Func<RateLimiterArguments, ValueTask<RateLimitLease>> limiter,
    Func<OnRateLimiterRejectedArguments, ValueTask>? onRejected,
    ResilienceStrategyTelemetry telemetry) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await limiter(new RateLimiterArguments(context)).ConfigureAwait(context.ContinueOnCapturedContext);
        if (lease.IsAcquired)
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);

        var rejected = new OnRateLimiterRejectedArguments(context, lease);
        telemetry.Report(new ResilienceEvent(ResilienceEventSeverity.Error, "OnRateLimiterRejected"), context, rejected);
        if (onRejected is not null)
            await onRejected(rejected).ConfigureAwait(context.ContinueOnCapturedContext);

        var exception = lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter)
            ? new RateLimiterRejectedException(retryAfter)
            : new RateLimiterRejectedException();
        telemetry.SetTelemetrySource(exception);
        return Outcome.FromException<TResult>(exception);
    }
}
