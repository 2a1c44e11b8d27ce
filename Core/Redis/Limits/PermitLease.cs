namespace Switchboard.Core.Redis.Limits;

/// <summary>Permits that this process alone may use, recorded in Postgres before it got them.</summary>
/// <param name="Id">The row that counts them.</param>
/// <param name="Permits">How many.</param>
/// <param name="UsableUntil">By the process's own clock (<see cref="LimitClock"/>), in microseconds.</param>
internal readonly record struct PermitLease(long Id, int Permits, long UsableUntil);
