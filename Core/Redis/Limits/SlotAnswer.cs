namespace Switchboard.Core.Redis.Limits;

/// <summary>What Redis answered to one who asked for a slot, or to hold it for longer.</summary>
/// <param name="Answered">False while Redis is away.</param>
/// <param name="HeldMicros">For how long it is held, from before it was asked; 0 if it is not.</param>
/// <param name="PoolMicros">For how long Redis may still give slots on.</param>
/// <param name="PoolSlots">How many it may.</param>
/// <param name="Now">Redis's time, in microseconds.</param>
/// <param name="Run">Which run of the server answered.</param>
internal readonly record struct SlotAnswer(bool Answered, long HeldMicros, long PoolMicros, int PoolSlots, long Now, string Run);
