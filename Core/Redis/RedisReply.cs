namespace Switchboard.Core.Redis;

/// <summary>What Redis answered, if it did.</summary>
/// <param name="Answered">False while Redis is away: the caller goes on with what it has in memory.</param>
/// <param name="Value">The answer.</param>
/// <typeparam name="T">The answer's type.</typeparam>
public readonly record struct RedisReply<T>(bool Answered, T? Value);
