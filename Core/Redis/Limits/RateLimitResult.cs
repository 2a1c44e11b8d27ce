namespace Switchboard.Core.Redis.Limits;

/// <summary>The answer of a rate limiter.</summary>
/// <param name="IsAllowed">Whether at least one permit was granted (<c>AcquireAsync</c>: all of them).</param>
/// <param name="Granted">How many permits were granted.</param>
/// <param name="Remaining">How many are left at the moment.</param>
/// <param name="ResetAfter">The time until all permits are free again, if none is taken meanwhile.</param>
/// <param name="RetryAfter">The time until what was not granted can be; zero if all was.</param>
public readonly record struct RateLimitResult(bool IsAllowed, int Granted, int Remaining, TimeSpan ResetAfter, TimeSpan RetryAfter);
