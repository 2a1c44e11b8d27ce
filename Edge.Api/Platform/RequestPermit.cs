namespace Switchboard.Edge.Api.Platform;

/// <summary>Whether a request may go on.</summary>
/// <param name="IsAllowed">Whether it may.</param>
/// <param name="Remaining">How many more may follow.</param>
/// <param name="ResetAfter">When all are free again.</param>
/// <param name="RetryAfter">When it may come back, if it may not go on.</param>
internal readonly record struct RequestPermit(bool IsAllowed, int Remaining, TimeSpan ResetAfter, TimeSpan RetryAfter);
