using System.Threading.RateLimiting;
using Polly.RateLimiting;

namespace Polly;

/// <summary>Puts a rate limiter into a pipeline.</summary>
public static class RateLimiterResiliencePipelineBuilderExtensions
{
    /// <summary>Limits how many executions run at once, and how many wait for their turn.</summary>
    public static TBuilder AddConcurrencyLimiter<TBuilder>(this TBuilder builder, int permitLimit, int queueLimit = 0)
        where TBuilder : ResiliencePipelineBuilderBase =>
        builder.AddRateLimiter(new RateLimiterStrategyOptions
        {
            DefaultRateLimiterOptions = new ConcurrencyLimiterOptions { PermitLimit = permitLimit, QueueLimit = queueLimit },
        });

    /// <summary>Has a limiter of the caller's decide.</summary>
    public static TBuilder AddRateLimiter<TBuilder>(this TBuilder builder, RateLimiter limiter)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(limiter);
        return builder.AddRateLimiter(new RateLimiterStrategyOptions
        {
            RateLimiter = args => limiter.AcquireAsync(cancellationToken: args.Context.CancellationToken),
        });
    }

    /// <summary>Limits by the options.</summary>
    public static TBuilder AddRateLimiter<TBuilder>(this TBuilder builder, RateLimiterStrategyOptions options)
        where TBuilder : ResiliencePipelineBuilderBase
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddStrategy(
            context => new RateLimiterResilienceStrategy(
                options.RateLimiter ?? Acquire(new ConcurrencyLimiter(options.DefaultRateLimiterOptions)),
                options.OnRejected,
                context.Telemetry),
            options);
    }

    private static Func<RateLimiterArguments, ValueTask<RateLimitLease>> Acquire(ConcurrencyLimiter limiter) =>
        args => limiter.AcquireAsync(cancellationToken: args.Context.CancellationToken);
}
