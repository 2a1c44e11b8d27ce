using System.Diagnostics;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Redis;

public sealed class LimiterAcrossProcessesTests(RedisServer server) : IClassFixture<RedisServer>
{
    private readonly string _key = Guid.CreateVersion7().ToString("N");

    [Fact]
    public async Task Two_processes_together_get_exactly_the_limit()
    {
        await using var one = await SwitchboardProcess.StartAsync(server);
        await using var two = await SwitchboardProcess.StartAsync(server);
        var limit = new RateLimit(1_000, TimeSpan.FromMinutes(1));

        var results = await Task.WhenAll(Enumerable.Range(0, 2_000)
            .Select(i => (i % 2 == 0 ? one : two).Limiter.AcquireAsync(_key, limit, 1, default)));

        results.Count(result => result.IsAllowed).ShouldBe(1_000);
        results.Where(result => result.IsAllowed).Select(result => result.Remaining).Order().ShouldBe(Enumerable.Range(0, 1_000));
        results.Where(result => !result.IsAllowed).ShouldAllBe(
            result => result.RetryAfter > TimeSpan.Zero && result.RetryAfter <= TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_batch_gets_what_is_left()
    {
        await using var process = await SwitchboardProcess.StartAsync(server);
        var limit = new RateLimit(10, TimeSpan.FromMinutes(1));

        (await process.Limiter.AcquireUpToAsync(_key, limit, 8, default)).ShouldSatisfyAllConditions(
            first => first.Granted.ShouldBe(8), first => first.Remaining.ShouldBe(2), first => first.RetryAfter.ShouldBe(TimeSpan.Zero));
        (await process.Limiter.AcquireUpToAsync(_key, limit, 8, default)).Granted.ShouldBe(2);
        (await process.Limiter.AcquireAsync(_key, limit, 1, default)).IsAllowed.ShouldBeFalse();
    }

    [Fact]
    public async Task What_comes_again_takes_one_permit_whichever_process_it_comes_to_and_what_was_refused_leaves_no_mark()
    {
        await using var one = await SwitchboardProcess.StartAsync(server);
        await using var two = await SwitchboardProcess.StartAsync(server);
        var limit = new RateLimit(2, TimeSpan.FromMinutes(1));

        var again = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => OnceAsync(i % 2 == 0 ? one : two, "first")));
        again.ShouldAllBe(result => result.IsAllowed && result.Remaining == 1);
        (await OnceAsync(two, "second")).Remaining.ShouldBe(0);
        (await OnceAsync(one, "third")).IsAllowed.ShouldBeFalse();
        (await OnceAsync(two, "third")).IsAllowed.ShouldBeFalse();
        (await OnceAsync(one, "second")).IsAllowed.ShouldBeTrue("it was allowed before the limit was reached");

        Task<RateLimitResult> OnceAsync(SwitchboardProcess process, string what) =>
            process.Limiter.AcquireOnceAsync(_key, limit, $"{_key}:{what}", default);
    }

    [Fact]
    public async Task Permits_come_back_when_the_window_has_passed()
    {
        await using var process = await SwitchboardProcess.StartAsync(server);
        var limit = new RateLimit(3, TimeSpan.FromMilliseconds(300));
        // counted from before they were taken, so that only a permit that comes back too soon is a fault
        var begun = Stopwatch.GetTimestamp();
        await process.Limiter.AcquireAsync(_key, limit, 3, default);

        await Eventually.TrueAsync(async () => (await process.Limiter.AcquireAsync(_key, limit, 3, default)).IsAllowed);

        // two clocks: Redis's and this process's
        Stopwatch.GetElapsedTime(begun).ShouldBeGreaterThan(limit.Window - TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task The_script_and_the_local_window_count_alike()
    {
        await using var process = await SwitchboardProcess.StartAsync(server);
        var limit = new RateLimit(20, TimeSpan.FromHours(1));
        var local = new SlidingWindow(limit);

        foreach (var (permits, partial) in new[] { (5, false), (7, true), (9, false), (9, true), (1, false), (4, true) })
        {
            var shared = partial
                ? await process.Limiter.AcquireUpToAsync(_key, limit, permits, default)
                : await process.Limiter.AcquireAsync(_key, limit, permits, default);
            var alone = local.Acquire(0, permits, partial);
            (shared.IsAllowed, shared.Granted, shared.Remaining).ShouldBe((alone.IsAllowed, alone.Granted, alone.Remaining));
        }
    }
}
