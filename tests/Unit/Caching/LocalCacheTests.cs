using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Caching;

public sealed class LocalCacheTests
{
    [Fact]
    public void What_another_process_invalidates_in_a_namespace_unknown_here_is_nothing_to_this_one()
    {
        var time = new FakeTime();
        using var redis = new RedisConnection(
            () => throw new InvalidOperationException("not started"), Options.Create(new RedisOptions()), time, NullLogger<RedisConnection>.Instance);
        var rules = new CacheNamespace("rules", TimeSpan.FromMinutes(5), 10);
        var local = new LocalCache(new CacheOptions(new Dictionary<string, CacheNamespace> { ["rules"] = rules }), redis, time);
        local.Keep(local.SpaceOf("rules:1"), new CacheWrite("rules:1", [], time.GetTimestamp()), "kept", rules.Ttl);

        local.Forget(new CacheInvalidation(false, "api-keys:1"));

        local.TryRead<string>(local.SpaceOf("rules:1"), "rules:1", out var value).ShouldBeTrue();
        value.ShouldBe("kept");
    }
}
