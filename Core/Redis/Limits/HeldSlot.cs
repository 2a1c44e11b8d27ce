namespace Switchboard.Core.Redis.Limits;

/// <summary>A slot that was taken.</summary>
/// <param name="Key">What is limited.</param>
/// <param name="Limit">How many there are.</param>
/// <param name="Token">Whose it is.</param>
/// <param name="By">Who gave it: Redis or Postgres.</param>
/// <param name="Until">Until when it is held, in µs of <see cref="LimitClock"/>.</param>
internal sealed record HeldSlot(string Key, int Limit, string Token, LimitLayer By, long Until);
