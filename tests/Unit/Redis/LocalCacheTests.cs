using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Redis;

public sealed class LocalCacheTests
{
    [Fact]
    public void What_another_process_invalidates_in_a_namespace_unknown_here_is_nothing_to_this_one()
    {
        var timeProvider = new FakeTimeProvider();
        using var redis = new RedisConnection(
            () => throw new InvalidOperationException("not started"),
            Options.Create(new RedisOptions()),
            timeProvider,
            NullLogger<RedisConnection>.Instance);
        var rules = new CacheNamespace("rules", TimeSpan.FromMinutes(5), 10);
        var local = new LocalCache(new CacheOptions(new Dictionary<string, CacheNamespace> { ["rules"] = rules }), redis, timeProvider);
        local.Keep(local.SpaceOf("rules:1"), new CacheWrite("rules:1", [], timeProvider.GetTimestamp()), "kept", rules.Ttl);

        local.Forget(new CacheInvalidation(false, "api-keys:1"));

        local.TryRead<string>(local.SpaceOf("rules:1"), "rules:1", out var value).ShouldBeTrue();
        value.ShouldBe("kept");
    }
}

public sealed class LruMemoryTests
{
    private readonly LruMemory _memory = new(capacity: 3);

    [Fact]
    public void The_one_not_used_for_longest_goes()
    {
        Store("a");
        Store("b");
        Store("c");
        _memory.TryGet("a", out _).ShouldBeTrue();

        Store("d").ShouldBe(1);

        Kept("a", "b", "c", "d").ShouldBe(["a", "c", "d"]);
    }

    [Fact]
    public void To_store_again_is_to_use_and_takes_no_more_room()
    {
        Store("a");
        Store("b");
        Store("c");
        Store("a").ShouldBe(0);

        Store("d");

        Kept("a", "b", "c", "d").ShouldBe(["a", "c", "d"]);
        _memory.Count.ShouldBe(3);
    }

    [Fact]
    public void A_tag_takes_its_entries_and_only_those_that_still_have_it()
    {
        Store("a", "x", "y");
        Store("b", "y");
        Store("c", "x");
        Store("c");

        _memory.RemoveTagged("x");

        Kept("a", "b", "c").ShouldBe(["b", "c"]);
    }

    [Fact]
    public void What_takes_more_memory_than_there_is_makes_the_least_recently_used_go_or_is_not_kept()
    {
        var memory = new LruMemory(capacity: 100, maxBytes: 10);
        int Store(string key, long bytes) => memory.Store(new CacheEntry(key, key, [], 0, 0, bytes), new CacheWrite(key, [], 0));
        string[] Kept() => [.. new[] { "a", "b", "c", "d" }.Where(key => memory.TryGet(key, out _))];

        Store("a", 4).ShouldBe(0);
        Store("b", 6).ShouldBe(0);
        Store("c", 7).ShouldBe(2);
        Kept().ShouldBe(["c"]);
        Store("d", 11).ShouldBe(1);
        Kept().ShouldBe(["c"]);
        Store("c", 2).ShouldBe(0);
        Store("a", 8).ShouldBe(0);
        memory.Remove("c");
        Store("b", 2).ShouldBe(0);
        Kept().ShouldBe(["a", "b"]);
    }

    [Fact]
    public void What_an_invalidation_overtook_is_not_stored()
    {
        var write = new CacheWrite("a", [], 0);
        write.Invalidate();

        _memory.Store(new CacheEntry("a", "old", [], 0, 0), write);

        Kept("a").ShouldBeEmpty();
    }

    [Fact]
    public void Many_threads_leave_it_whole()
    {
        Parallel.For(0, 20_000, i =>
        {
            var key = $"{i % 7}";
            Store(key, $"t{i % 3}");
            _memory.TryGet($"{i % 5}", out _);
            if (i % 11 == 0)
                _memory.RemoveTagged($"t{i % 3}");
        });

        _memory.Count.ShouldBeLessThanOrEqualTo(3);
        for (var tag = 0; tag < 3; tag++)
            _memory.RemoveTagged($"t{tag}");
        _memory.Count.ShouldBe(0);
    }

    private int Store(string key, params string[] tags) =>
        _memory.Store(new CacheEntry(key, key, tags, 0, 0), new CacheWrite(key, tags, 0));

    private string[] Kept(params string[] keys) => [.. keys.Where(key => _memory.TryGet(key, out _))];
}

public sealed class PendingInvalidationsTests
{
    private readonly PendingInvalidations _pending = new();

    [Fact]
    public void What_was_told_is_dropped_unless_it_happened_again_meanwhile()
    {
        _pending.Add(new CacheInvalidation(false, "rules:1"));
        _pending.Add(new CacheInvalidation(false, "rules:2"));
        var told = _pending.Snapshot();
        _pending.Add(new CacheInvalidation(false, "rules:2"));

        foreach (var one in told)
            _pending.Remove(one);

        _pending.Snapshot().ShouldHaveSingleItem().Key.Name.ShouldBe("rules:2");
    }

    [Fact]
    public void Too_many_become_one_for_everything()
    {
        for (var i = 0; i <= PendingInvalidations.Limit; i++)
            _pending.Add(new CacheInvalidation(false, $"rules:{i}"));

        _pending.Snapshot().ShouldHaveSingleItem().Key.ShouldBe(new CacheInvalidation(true, "*"));
    }
}
