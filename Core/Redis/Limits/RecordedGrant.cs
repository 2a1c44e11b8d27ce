namespace Switchboard.Core.Redis.Limits;

/// <summary>What Postgres answered to one who asked for permits.</summary>
/// <param name="Granted">How many; 0 if fewer than were needed are free.</param>
/// <param name="RetryAfter">When refused: the time until as many are free.</param>
/// <param name="Lease">The row that counts them.</param>
internal sealed record RecordedGrant(int Granted, TimeSpan RetryAfter, long Lease);
