using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>An execution that was refused.</summary>
/// <param name="context">The execution.</param>
/// <param name="lease">The lease it did not get, with what the limiter says of it.</param>
public readonly struct OnRateLimiterRejectedArguments(ResilienceContext context, RateLimitLease lease)
{
    /// <summary>The execution.</summary>
    public ResilienceContext Context { get; } = context;

    /// <summary>The lease it did not get.</summary>
    public RateLimitLease Lease { get; } = lease;
}
