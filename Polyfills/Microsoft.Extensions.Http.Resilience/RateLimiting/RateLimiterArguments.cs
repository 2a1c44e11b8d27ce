namespace Polly.RateLimiting;

/// <summary>What a rate limiter decides on.</summary>
/// <param name="context">The execution that asks for a lease.</param>
public readonly struct RateLimiterArguments(ResilienceContext context)
{
    /// <summary>The execution that asks for a lease.</summary>
    public ResilienceContext Context { get; } = context;
}
