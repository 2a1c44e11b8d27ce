using StackExchange.Redis;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Diagnostics;

/// <summary>Reads the connection of this process to Redis; a process without one has no stats.</summary>
internal sealed class RedisMeter(IServiceProvider services)
{
    private readonly RedisConnection? _redis = services.GetService<RedisConnection>();

    public RedisStats? Read()
    {
        if (_redis is not { } redis)
            return null;
        if (!redis.IsAvailable)
            return new(false, 0, 0);
        // asked for no sooner: to make the connection blocks while Redis is unavailable
        var counters = services.GetRequiredService<IConnectionMultiplexer>().GetCounters();
        return new(true, counters.Interactive.OperationCount + counters.Subscription.OperationCount, counters.TotalOutstanding);
    }
}

/// <summary>A process's connection to Redis.</summary>
/// <param name="Available">Whether commands are tried at the moment.</param>
/// <param name="Operations">Commands sent since the process started.</param>
/// <param name="Outstanding">Commands that wait for their answer.</param>
public sealed record RedisStats(bool Available, long Operations, long Outstanding) : IStats
{
    /// <inheritdoc/>
    public static string Section => "redis";
}
