using Polly.RateLimiting;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>How many requests of a pipeline are on their way at once. Default: 1,000, none waiting.</summary>
public class HttpRateLimiterStrategyOptions : RateLimiterStrategyOptions;
