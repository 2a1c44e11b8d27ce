using System.Diagnostics;

namespace Switchboard.Tests.Redis;

/// <summary>Each test has a server of its own, to kill.</summary>
public sealed class RedisAwayTests : IAsyncLifetime
{
    private static readonly Switchboard.Core.Redis.Limits.RateLimit Five = new(5, TimeSpan.FromMinutes(1));
    private readonly RedisServer _server = new();

    public async ValueTask InitializeAsync() => await _server.InitializeAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Without_redis_everything_works_on_memory_and_fast()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        await _server.KillAsync();
        await process.UntilAsync(available: false);
        var begun = Stopwatch.GetTimestamp();

        (await LoadAsync(process, "rules:1", "one")).ShouldBe("one");
        (await LoadAsync(process, "rules:1", "two")).ShouldBe("one");
        await process.Cache.RemoveAsync("rules:1");
        (await LoadAsync(process, "rules:1", "three")).ShouldBe("three");
        (await process.Limiter.AcquireAsync("k", Five, 5, default)).IsAllowed.ShouldBeTrue();
        (await process.Limiter.AcquireAsync("k", Five, 1, default)).IsAllowed.ShouldBeFalse();
        await using (var held = await process.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default))
            (await process.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default)).ShouldBeNull();

        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task Without_redis_an_entry_lives_for_about_a_second_because_an_invalidation_may_be_missed()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        await LoadAsync(process, "rules:1", "old");
        await _server.KillAsync();

        var took = await Eventually.TrueAsync(async () => await LoadAsync(process, "rules:1", "new") == "new");

        // a busy machine's timers are late; an entry that stayed would be there for five minutes
        took.ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Who_begins_to_listen_later_does_not_make_redis_look_away()
    {
        await using var process = await SwitchboardProcess.StartAsync(_server);
        var returns = 0;
        process.Redis.Available += () => Interlocked.Increment(ref returns);

        process.Redis.Listen("later", _ => { });
        process.Redis.IsHearing.ShouldBeFalse("what was published before is not heard");
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
    public async Task What_was_invalidated_while_redis_was_away_does_not_come_back_from_it()
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
    public async Task After_a_kill_invalidations_are_heard_and_limits_and_locks_shared_again()
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
        (await Eventually.TrueAsync(async () => await LoadAsync(two, "rules:1", "new") == "new")).ShouldBeLessThan(TimeSpan.FromSeconds(1));
        await one.Limiter.AcquireUpToAsync("k2", Five, 3, default);
        (await two.Limiter.AcquireUpToAsync("k2", Five, 3, default)).Granted.ShouldBe(2);
        await using var held = await one.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default);
        (await two.Lock.TryAcquireAsync("l", TimeSpan.FromMinutes(1), default)).ShouldBeNull();
    }

    private static async Task<string> LoadAsync(SwitchboardProcess process, string key, string value, params string[] tags) =>
        await process.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(value), tags: tags);
}
