using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Edge;

/// <summary>Without Redis, so that the process counts alone.</summary>
public sealed class RequestLimiterTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RedisConnection _redis;

    public RequestLimiterTests() => _redis = new(
        () => throw new InvalidOperationException("There is no Redis."), Options.Create(new RedisOptions()), _time, NullLogger<RedisConnection>.Instance);

    [Fact]
    public async Task As_many_as_the_policy_says_go_on_and_the_next_is_told_when_to_come_back()
    {
        using var limiter = Limiter(permits: 3);
        var policy = limiter.PolicyOf(null);
        var who = Caller();

        for (var left = 2; left >= 0; left--)
            (await limiter.TakeAsync(policy, who)).ShouldSatisfyAllConditions(
                permit => permit.IsAllowed.ShouldBeTrue(),
                permit => permit.Remaining.ShouldBe(left));
        var refused = await limiter.TakeAsync(policy, who);
        refused.IsAllowed.ShouldBeFalse();
        refused.RetryAfter.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        _time.Advance(TimeSpan.FromSeconds(61));
        (await limiter.TakeAsync(policy, who)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Permits_fetched_in_blocks_are_exactly_as_many()
    {
        using var limiter = Limiter(permits: 5_500);
        var policy = limiter.PolicyOf(null);
        policy.Block.ShouldBe(5);
        var who = Caller();

        var allowed = 0;
        for (var request = 0; request < 6_000; request++)
            allowed += (await limiter.TakeAsync(policy, who)).IsAllowed ? 1 : 0;

        allowed.ShouldBe(5_500);
    }

    [Fact]
    public async Task Each_key_counts_for_itself()
    {
        using var limiter = Limiter(permits: 1);
        var policy = limiter.PolicyOf(null);

        (await limiter.TakeAsync(policy, Caller())).IsAllowed.ShouldBeTrue();
        (await limiter.TakeAsync(policy, Caller())).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public void A_policy_is_announced_as_the_draft_says() =>
        RateLimitPolicy.From("default", new() { Permits = 6_000, WindowSeconds = 60 }).Header.ShouldBe("\"default\";q=6000;w=60");

    public void Dispose() => _redis.Dispose();

    private RequestLimiter Limiter(int permits) => new(
        new SlidingWindowLimiter(_redis, _time),
        Options.Create(new RateLimitOptions { Default = new() { Permits = permits, WindowSeconds = 60 } }),
        _time);

    private static DefaultHttpContext Caller()
    {
        var context = new DefaultHttpContext();
        context.Features.Set(new Caller(Guid.CreateVersion7(), Guid.CreateVersion7(), []));
        return context;
    }
}
