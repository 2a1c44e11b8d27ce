using Npgsql;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Redis;

/// <summary>Redis in front of Postgres; each test has private servers.</summary>
public sealed class LayersTests : IAsyncLifetime
{
    private static readonly RateLimit Hundred = new(100, TimeSpan.FromMinutes(10));
    private readonly RedisServer _redis = new();
    private readonly PostgresServer _postgres = new();

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        await _postgres.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _redis.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_processes_together_get_exactly_the_limit_with_and_without_a_local_budget(bool localBudget)
    {
        await using var one = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var two = await ProviderProcess.StartAsync(_redis, _postgres);

        var granted = 0;
        for (var i = 0; i < 200; i++)
        {
            var check = await (i % 2 == 0 ? one : two).Limiter.AcquireAsync("k", Hundred, 1, localBudget, default);
            granted += check.IsAllowed ? 1 : 0;
        }

        granted.ShouldBe(100);
        var (first, second) = (one.Limiter.Statistics.Read(), two.Limiter.Statistics.Read());
        (first.Checks, second.Checks, first.Refused + second.Refused).ShouldBe((100, 100, 100));
        (first.Local > 0, second.Local > 0).ShouldBe((localBudget, localBudget));
        first.Redis.ShouldBeGreaterThan(0);
        var refused = await one.Limiter.AcquireAsync("k", Hundred, 1, localBudget: false, default);
        refused.ShouldSatisfyAllConditions(
            r => r.AnsweredBy.ShouldBe(LimitLayer.Postgres),
            r => r.RetryAfter.ShouldBeInRange(TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(11)));
    }

    [Fact]
    public async Task A_batch_gets_all_its_permits_or_none()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);

        (await process.Limiter.AcquireAsync("k", Hundred, 95, localBudget: true, default)).IsAllowed.ShouldBeTrue();
        (await process.Limiter.AcquireAsync("k", Hundred, 20, localBudget: true, default)).IsAllowed.ShouldBeFalse();
        (await process.Limiter.AcquireAsync("k", Hundred, 5, localBudget: true, default)).IsAllowed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_process_leaves_unspent_it_gives_back_when_it_stops_from_itself_and_from_redis()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await using var other = await ProviderProcess.StartAsync(_redis, _postgres);
        await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: true, default);
        (await other.CountedAsync("k")).ShouldBe(12, "a block of 4, and the rest of an eighth for Redis");

        await process.StopAsync();

        (await other.CountedAsync("k")).ShouldBe(1);
    }

    [Fact]
    public async Task What_ends_unspent_is_given_back_while_the_process_lives()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        // a lease of a 32nd of it: 3.1 s
        await process.Limiter.AcquireAsync("k", new(100, TimeSpan.FromSeconds(100)), 1, localBudget: true, default);

        await Eventually.TrueAsync(async () => await process.CountedAsync("k") == 1);
    }

    [Fact]
    public async Task A_return_that_fails_ends_neither_the_process_nor_the_returns_after_it()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await process.Limiter.AcquireAsync("first", new(100, TimeSpan.FromSeconds(200)), 1, localBudget: true, default);
        // an error that is not an outage
        await process.ExecuteAsync("ALTER TABLE rate_limit_windows RENAME TO renamed");
        await Eventually.TrueAsync(() => process.Log.GetSnapshot().Any(record => record.Exception is PostgresException));
        await process.ExecuteAsync("ALTER TABLE renamed RENAME TO rate_limit_windows");

        await process.Limiter.AcquireAsync("second", new(100, TimeSpan.FromSeconds(100)), 1, localBudget: true, default);

        await Eventually.TrueAsync(async () => await process.CountedAsync("second") == 1);
    }

    [Fact]
    public async Task Without_redis_postgres_grants_and_what_redis_held_stays_counted()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: false, default);
        var lost = await process.CountedAsync("k") - 1;
        lost.ShouldBeGreaterThan(0);
        await _redis.KillAsync();
        await process.UntilRedisAsync(available: false);

        var granted = 0;
        LimitCheck check;
        while ((check = await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: false, default)).IsAllowed)
        {
            check.AnsweredBy.ShouldBe(LimitLayer.Postgres);
            granted++;
        }

        granted.ShouldBe(100 - 1 - (int)lost);
    }

    [Fact]
    public async Task A_redis_that_comes_back_with_old_data_grants_nothing_of_it()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: false, default);
        var pooled = (await process.CountedAsync("k")) - 1;
        // the append-only file brings the pool back, as it would after losing the last second
        await _redis.KillAsync();
        await process.UntilRedisAsync(available: false);
        await _redis.StartAsync();
        await process.UntilRedisAsync(available: true);

        var granted = 1;
        while ((await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: false, default)).IsAllowed)
            granted++;

        granted.ShouldBe(100 - (int)pooled);
    }

    [Fact]
    public async Task Without_postgres_what_was_leased_is_used_and_then_nobody_grants_anything()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        (await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: true, default)).IsAllowed.ShouldBeTrue();
        await _postgres.KillAsync();
        await process.UntilPostgresIsGoneAsync();

        var by = new List<LimitLayer>();
        LimitCheck check;
        while ((check = await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: true, default)).IsAllowed)
            by.Add(check.AnsweredBy);

        by.Count.ShouldBe(11);
        by.ShouldContain(LimitLayer.Redis);
        check.AnsweredBy.ShouldBe(LimitLayer.None);
        check.RetryAfter.ShouldBe(TimeSpan.FromMilliseconds(100));

        await _postgres.StartAsync();
        await Eventually.TrueAsync(async () => (await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: true, default)).IsAllowed);
    }

    [Fact]
    public async Task Permits_come_back_when_the_window_has_passed()
    {
        await using var process = await ProviderProcess.StartAsync(_redis, _postgres);
        (await process.Limiter.AcquireAsync("k", Hundred, 100, localBudget: false, default)).IsAllowed.ShouldBeTrue();
        var refused = await process.Limiter.AcquireAsync("k", Hundred, 1, localBudget: false, default);
        refused.IsAllowed.ShouldBeFalse();
        // a window after the end of the lease, which is a 32nd of one; less what passed since, which the limiter's answer knows
        refused.RetryAfter.ShouldBeLessThanOrEqualTo(Hundred.Window * 33 / 32);
        (await process.CountsForAsync("k")).ShouldBe(Hundred.Window * 33 / 32);

        await process.PassAsync("k", Hundred.Window);
        (await process.Limiter.AcquireAsync("k", Hundred, 100, localBudget: false, default)).IsAllowed
            .ShouldBeFalse("the lease may be in use");
        await process.PassAsync("k", Hundred.Window / 32);

        (await process.Limiter.AcquireAsync("k", Hundred, 100, localBudget: false, default)).IsAllowed.ShouldBeTrue();
    }
}
