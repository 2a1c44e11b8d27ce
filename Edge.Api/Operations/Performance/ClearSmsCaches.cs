using Microsoft.Extensions.Caching.Hybrid;
using StackExchange.Redis;
using Switchboard.Core.Redis;
using Switchboard.Edge.Api.Sms.Messages;
using Switchboard.Edge.Api.Sms.PhoneNumbers;

namespace Switchboard.Edge.Api.Operations.Performance;

/// <summary><c>DELETE /api/sms/performance/cache</c>: every process forgets what it knows of numbers. Counters go on.</summary>
internal sealed class ClearSmsCaches(SmsCacheClearing caches) : EndpointWithoutRequest<NoContent>
{
    public override void Configure()
    {
        Delete("/api/sms/performance/cache");
        Policies(Scope.Jobs);
        Description(endpoint => endpoint.Titled("SMS", "Clear the caches of phone numbers, in all processes")
            .Produces(204).Refuses(401, 403, 429, 503));
    }

    public override async Task<NoContent> ExecuteAsync(CancellationToken ct)
    {
        await caches.ClearAsync(ct);
        return TypedResults.NoContent();
    }
}

/// <summary>
/// Clears the caches of SMS in all processes: the shared ones by their tags, the memories of refusals by a message over Redis. A process
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

    public async Task ClearAsync(CancellationToken cancellationToken)
    {
        await cache.RemoveByTagAsync([NumberOwners.OwnersNamespace, NumberOwners.VerifiedNamespace], cancellationToken);
        refused.Clear();
        var channel = new RedisChannel(redis.KeyPrefix + Channel, RedisChannel.PatternMode.Literal);
        await redis.AskAsync(database => database.PublishAsync(channel, RedisValue.EmptyString), cancellationToken);
    }
}
