using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using Switchboard.Core.Redis;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary>
/// Clears the caches of texts in all processes: the shared ones by their tags, the memories of refusals by a word over Redis. A process
/// that does not hear it forgets a refusal by itself within a minute.
/// </summary>
internal sealed class SmsCacheClearing(HybridCache cache, RedisConnection redis, ThrottledNumbers refused) : IHostedService
{
    private const string Channel = "forget-refusals";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        redis.Listen(Channel, _ => refused.Clear());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task ClearAsync(CancellationToken cancellation)
    {
        await cache.RemoveByTagAsync([NumberOwners.OwnersNamespace, NumberOwners.VerifiedNamespace], cancellation);
        refused.Clear();
        var channel = new RedisChannel(redis.KeyPrefix + Channel, RedisChannel.PatternMode.Literal);
        await redis.AskAsync(database => database.PublishAsync(channel, RedisValue.EmptyString), cancellation);
    }
}
