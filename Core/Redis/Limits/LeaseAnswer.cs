namespace Switchboard.Core.Redis.Limits;

/// <summary>What the shared layers answered to a process that asked for permits.</summary>
/// <param name="By">Who answered.</param>
/// <param name="Lease">The permits; null if refused.</param>
/// <param name="RetryAfter">When refused: the time until there are as many as were needed.</param>
internal readonly record struct LeaseAnswer(LimitLayer By, PermitLease? Lease, TimeSpan RetryAfter);
