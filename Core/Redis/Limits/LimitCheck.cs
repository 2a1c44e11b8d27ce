namespace Switchboard.Core.Redis.Limits;

/// <summary>The answer of <see cref="LayeredLimiter"/>.</summary>
/// <param name="IsAllowed">Whether all the permits were granted.</param>
/// <param name="AnsweredBy">Who answered; <see cref="LimitLayer.Nobody"/> when Redis and Postgres are both away.</param>
/// <param name="RetryAfter">Zero if granted; else the time until it is worth asking again.</param>
public readonly record struct LimitCheck(bool IsAllowed, LimitLayer AnsweredBy, TimeSpan RetryAfter);
