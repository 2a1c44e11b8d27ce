using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;
using Switchboard.Edge.Api.Platform;

namespace Switchboard.Tests.Unit.Platform;

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
        var who = Caller();

        for (var left = 2; left >= 0; left--)
            (await TakeAsync(limiter, who)).ShouldSatisfyAllConditions(
                permit => permit.IsAllowed.ShouldBeTrue(),
                permit => permit.Remaining.ShouldBe(left));
        var refused = await TakeAsync(limiter, who);
        refused.IsAllowed.ShouldBeFalse();
        refused.RetryAfter.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        _time.Advance(TimeSpan.FromSeconds(61));
        (await TakeAsync(limiter, who)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public async Task Permits_fetched_in_blocks_are_exactly_as_many()
    {
        using var limiter = Limiter(permits: 5_500);
        limiter.PolicyOf(isWebhook: false).Block.ShouldBe(5);
        var who = Caller();

        var allowed = 0;
        for (var request = 0; request < 6_000; request++)
            allowed += (await TakeAsync(limiter, who)).IsAllowed ? 1 : 0;

        allowed.ShouldBe(5_500);
    }

    [Fact]
    public async Task Each_user_counts_for_itself_and_twenty_keys_of_one_are_no_more_than_one()
    {
        using var limiter = Limiter(permits: 20);
        var userId = Guid.CreateVersion7();

        for (var key = 0; key < 20; key++)
            (await TakeAsync(limiter, new(Guid.CreateVersion7(), userId, []))).IsAllowed.ShouldBeTrue();
        (await TakeAsync(limiter, new(Guid.CreateVersion7(), userId, []))).IsAllowed.ShouldBeFalse();
        (await TakeAsync(limiter, Caller())).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_may_be_allowed_less_than_its_user()
    {
        using var limiter = Limiter(permits: 10, keyPermits: 1);
        var (one, other) = (Caller(), Caller());
        other = other with { UserId = one.UserId };

        (await TakeAsync(limiter, one)).IsAllowed.ShouldBeTrue();
        (await TakeAsync(limiter, one)).IsAllowed.ShouldBeFalse();
        (await TakeAsync(limiter, other)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_request_costs_more_than_its_permit_is_taken_and_the_next_is_refused()
    {
        using var limiter = Limiter(permits: 1_000);
        var who = Caller();

        (await TakeAsync(limiter, who)).IsAllowed.ShouldBeTrue();
        (await limiter.ChargeAsync(who, isWebhook: false, 499, CancellationToken.None)).Remaining.ShouldBe(500);
        (await TakeAsync(limiter, who)).IsAllowed.ShouldBeTrue();
        (await limiter.ChargeAsync(who, isWebhook: false, 2_000, CancellationToken.None)).Remaining.ShouldBe(0);
        (await TakeAsync(limiter, who)).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public void A_policy_is_announced_as_the_draft_says() =>
        RateLimitPolicy.From("default", new() { Permits = 6_000, WindowSeconds = 60 }).Header.ShouldBe("\"default\";q=6000;w=60");

    public void Dispose() => _redis.Dispose();

    private RequestLimiter Limiter(int permits, int keyPermits = int.MaxValue) => new(
        new SlidingWindowLimiter(_redis, _time),
        Options.Create(new RateLimitOptions
        {
            Default = new() { Permits = permits, WindowSeconds = 60 },
            Keys = new() { Permits = keyPermits, WindowSeconds = 60 },
        }),
        _time);

    private static async Task<RequestPermit> TakeAsync(RequestLimiter limiter, Caller who) =>
        await limiter.TakeAsync(who, isWebhook: false, CancellationToken.None);

    private static Caller Caller() => new(Guid.CreateVersion7(), Guid.CreateVersion7(), []);
}
