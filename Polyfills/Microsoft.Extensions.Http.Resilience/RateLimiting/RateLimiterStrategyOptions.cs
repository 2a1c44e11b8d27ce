using System.ComponentModel.DataAnnotations;
using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>How many executions run at once, or what else decides whether one may start.</summary>
public class RateLimiterStrategyOptions : ResilienceStrategyOptions
{
    /// <summary>Names the strategy <c>RateLimiter</c>.</summary>
    public RateLimiterStrategyOptions() => Name = "RateLimiter";

    /// <summary>Decides for each execution. Null: a concurrency limiter of <see cref="DefaultRateLimiterOptions"/>.</summary>
    public Func<RateLimiterArguments, ValueTask<RateLimitLease>>? RateLimiter { get; set; }

    /// <summary>The concurrency limiter. Default: 1,000 at once, none waiting.</summary>
    [Required]
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };

    /// <summary>Called for each execution that was refused.</summary>
    public Func<OnRateLimiterRejectedArguments, ValueTask>? OnRejected { get; set; }
}
