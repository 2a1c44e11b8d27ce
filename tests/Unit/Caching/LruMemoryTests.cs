using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Unit.Caching;

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

    private int Store(string key, params string[] tags) => _memory.Store(new CacheEntry(key, key, tags, 0, 0), new CacheWrite(key, tags, 0));

    private string[] Kept(params string[] keys) => [.. keys.Where(key => _memory.TryGet(key, out _))];
}
