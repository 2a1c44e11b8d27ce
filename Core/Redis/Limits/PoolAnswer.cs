namespace Switchboard.Core.Redis.Limits;

/// <summary>What Redis answered to one who asked for permits.</summary>
/// <param name="Answered">False while Redis is away.</param>
/// <param name="Granted">How many it had; 0 if fewer than were needed.</param>
/// <param name="Lease">The row in Postgres that counts them.</param>
/// <param name="UsableMicros">For how long they may be used, from before it was asked.</param>
/// <param name="Now">Redis's time, in microseconds.</param>
/// <param name="Run">Which run of the server answered.</param>
internal readonly record struct PoolAnswer(bool Answered, int Granted, long Lease, long UsableMicros, long Now, string Run);
