namespace Switchboard.Core.Redis.Limits;

/// <summary>So many permits in any span of time of this length.</summary>
/// <param name="Permits">How many, at least 1.</param>
/// <param name="Window">The length of the span.</param>
public sealed record RateLimit(int Permits, TimeSpan Window);
