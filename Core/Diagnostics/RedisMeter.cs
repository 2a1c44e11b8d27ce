using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Diagnostics;

/// <summary>Reads the connection of this process to Redis; a process without one has no figures.</summary>
internal sealed class RedisMeter(IServiceProvider services)
{
    private readonly RedisConnection? _link = services.GetService<RedisConnection>();

    public RedisStats? Read()
    {
        if (_link is not { } link)
            return null;
        if (!link.IsAvailable)
            return new(false, 0, 0);
        // asked for no sooner: to make the connection blocks while Redis is away
        var counters = services.GetRequiredService<IConnectionMultiplexer>().GetCounters();
        return new(true, counters.Interactive.OperationCount + counters.Subscription.OperationCount, counters.TotalOutstanding);
    }
}
