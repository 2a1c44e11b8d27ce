using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using StackExchange.Redis;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Redis;

/// <summary>Redis killed, hung, read-only, late: each test has a private server.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private static readonly RateLimit Five = new(5, TimeSpan.FromMinutes(1));
    private readonly RedisServer _server = new();

    public async ValueTask InitializeAsync() => await _server.InitializeAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Without_redis_everything_works_on_memory_and_no_command_is_tried()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        await _server.KillAsync();
        await process.UntilAsync(available: false);

        (await LoadAsync(process, "rules:1", "one")).ShouldBe("one");
        (await LoadAsync(process, "rules:1", "two")).ShouldBe("one");
        await process.Cache.RemoveAsync("rules:1");
        (await LoadAsync(process, "rules:1", "three")).ShouldBe("three");
        (await process.Limiter.AcquireAsync("k", Five, 5, default)).IsAllowed.ShouldBeTrue();
        (await process.Limiter.AcquireAsync("k", Five, 1, default)).IsAllowed.ShouldBeFalse();
        await using (var held = await process.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default))
            (await process.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default)).ShouldBeNull();

        var asked = process.Redis.AskAsync<bool>(_ => throw new InvalidOperationException("Nobody should ask."), default);
        asked.IsCompletedSuccessfully.ShouldBeTrue("nothing is waited for");
        (await asked).Answered.ShouldBeFalse();
    }

    [Fact]
    public async Task Without_redis_an_entry_is_soon_loaded_again_because_an_invalidation_may_be_missed()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        await LoadAsync(process, "rules:1", "old");
        await _server.KillAsync();

        // one that stayed would be there for five minutes; CacheInMemoryTests says how soon to the millisecond
        await Eventually.TrueAsync(async () => await LoadAsync(process, "rules:1", "new") == "new");
    }

    [Fact]
    public async Task A_listener_that_comes_later_does_not_make_redis_unavailable()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        var returns = 0;
        process.Redis.Available += () => Interlocked.Increment(ref returns);

        process.Redis.Listen("later", _ => { });
        process.Redis.IsHearing.ShouldBeFalse("what was published before has not arrived");
        await Eventually.TrueAsync(() => process.Redis.IsHearing);

        process.Redis.IsAvailable.ShouldBeTrue();
        Volatile.Read(ref returns).ShouldBe(0);
    }

    [Fact]
    public async Task A_process_that_starts_before_redis_finds_it_later()
    {
        await _server.KillAsync();
        await using var process = await SwitchboardProcess.StartWithoutRedisAsync(_server);
        (await LoadAsync(process, "rules:1", "memory")).ShouldBe("memory");

        await _server.StartAsync();
        await process.UntilAsync(available: true);

        await LoadAsync(process, "rules:2", "redis");
        (await process.Database.KeyExistsAsync("switchboard:cache:1:rules:2")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_was_invalidated_during_an_outage_does_not_come_back_from_redis()
    {
        await using var one = await SwitchboardProcess.StartAsync(_server);
        await using var two = await SwitchboardProcess.StartAsync(_server);
        await LoadAsync(one, "rules:key", "old");
        await LoadAsync(one, "rules:tagged", "old", "tag");
        await _server.KillAsync();
        await one.UntilAsync(available: false);

        await one.Cache.RemoveAsync("rules:key");
        await one.Cache.RemoveByTagAsync("tag");
        // the append-only file brings the old entries back
        await _server.StartAsync();
        await one.UntilAsync(available: true);
        await two.UntilAsync(available: true);

        (await LoadAsync(one, "rules:key", "new")).ShouldBe("new");
        await Eventually.TrueAsync(async () => await LoadAsync(two, "rules:key", "new") == "new");
        await Eventually.TrueAsync(async () => await LoadAsync(two, "rules:tagged", "new", "tag") == "new");
    }

    [Fact]
    public async Task After_a_kill_invalidations_arrive_and_limits_and_locks_shared_again()
    {
        await using var one = await SwitchboardProcess.StartAsync(_server);
        await using var two = await SwitchboardProcess.StartAsync(_server);
        await one.Limiter.AcquireAsync("k", Five, 1, default);
        await _server.KillAsync();
        await one.UntilAsync(available: false);
        await _server.StartAsync();
        await one.UntilAsync(available: true);
        await two.UntilAsync(available: true);

        await LoadAsync(one, "rules:1", "old");
        await LoadAsync(two, "rules:1", "old");
        await one.Cache.RemoveAsync("rules:1");
        await Eventually.TrueAsync(async () => await LoadAsync(two, "rules:1", "new") == "new");
        await one.Limiter.AcquireUpToAsync("k2", Five, 3, default);
        (await two.Limiter.AcquireUpToAsync("k2", Five, 3, default)).Granted.ShouldBe(2);
        await using var held = await one.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default);
        (await two.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_server_that_hangs_is_noticed_and_found_again_when_it_goes_on()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        await _server.HangAsync();

        await process.UntilAsync(available: false);
        await _server.GoOnAsync();

        await process.UntilAsync(available: true);
        await LoadAsync(process, "rules:1", "redis");
        await Eventually.TrueAsync(() => process.Database.KeyExistsAsync("switchboard:cache:1:rules:1"));
    }

    [Fact]
    public async Task A_server_that_refuses_writes_is_unavailable_until_it_takes_them_again()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        var returns = 0;
        process.Redis.Available += () => Interlocked.Increment(ref returns);
        await _server.ReadOnlyAsync(on: true);

        await process.UntilAsync(available: false);
        Volatile.Read(ref returns).ShouldBe(0, "that it still publishes is not enough");
        await _server.ReadOnlyAsync(on: false);

        await process.UntilAsync(available: true);
    }

    [Fact]
    public async Task A_timer_that_fires_late_is_not_an_outage()
    {
        var timeProvider = new FakeTimeProvider();
        var log = new FakeLogger<RedisConnection>();
        await using var client = await ConnectionMultiplexer.ConnectAsync(_server.ConnectionString);
        using var redis = new RedisConnection(() => client, Options.Create(new RedisOptions()), timeProvider, log);
        await redis.StartAsync(default);
        await Eventually.TrueAsync(() => redis.IsAvailable);

        // as a process finds it that had no processor for a minute
        timeProvider.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => redis.IsHearing);

        redis.IsAvailable.ShouldBeTrue();
        log.Collector.GetSnapshot().ShouldAllBe(record => record.Level < LogLevel.Warning);
        await redis.StopAsync(default);
    }

    private static async Task<string> LoadAsync(SwitchboardProcess process, string key, string value, params string[] tags) =>
        await process.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(value), tags: tags);
}
