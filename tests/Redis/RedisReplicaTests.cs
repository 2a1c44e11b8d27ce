using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Tests.Redis;

/// <summary>What is cached, read from a real replica: by its own memory a process would not show what that answers.</summary>
public sealed class RedisReplicaTests : IAsyncLifetime
{
    private static readonly HybridCacheEntryOptions Remote = new() { Flags = HybridCacheEntryFlags.DisableLocalCache };

    private readonly RedisServer _primary = new();
    private readonly RedisServer _replica = new();
    private SwitchboardProcess _one = null!;
    private SwitchboardProcess _two = null!;

    public async ValueTask InitializeAsync()
    {
        await _primary.InitializeAsync();
        await _replica.InitializeAsync();
        await _replica.FollowAsync(_primary);
        _one = await SwitchboardProcess.StartAsync(_primary, _replica);
        _two = await SwitchboardProcess.StartAsync(_primary, _replica);
        await UntilReadFromReplicaAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _replica.DisposeAsync();
        await _primary.DisposeAsync();
    }

    [Fact]
    public async Task It_answers_and_never_with_what_this_process_has_replaced_or_removed()
    {
        for (var change = 1; change <= 100; change++)
        {
            await _one.Cache.SetAsync("rules:1", $"{change}");
            (await ReadAsync(_one, "rules:1")).ShouldBe($"{change}");
        }

        await _one.Cache.RemoveAsync("rules:1");
        (await ReadAsync(_one, "rules:1", "loaded")).ShouldBe("loaded");
        await _one.Cache.GetOrCreateAsync("rules:2", _ => ValueTask.FromResult("tagged"), tags: ["tag"]);
        await _one.Cache.RemoveByTagAsync("tag");
        (await ReadAsync(_one, "rules:2", "loaded", "tag")).ShouldBe("loaded");
    }

    [Fact]
    public async Task What_another_process_has_changed_is_seen_soon_and_then_always()
    {
        for (var change = 1; change <= 20; change++)
        {
            await _one.Cache.SetAsync("rules:1", $"{change}");
            await Eventually.TrueAsync(async () => await ReadAsync(_two, "rules:1") == $"{change}");
            (await ReadAsync(_two, "rules:1")).ShouldBe($"{change}");
        }
    }

    [Fact]
    public async Task One_that_hangs_or_is_cut_off_from_its_primary_is_not_read_from_and_later_is_again()
    {
        await _one.Cache.SetAsync("rules:1", "one");
        await _replica.HangAsync();
        (await ReadAsync(_two, "rules:1")).ShouldBe("one");
        await _replica.GoOnAsync();
        await UntilReadFromReplicaAsync();

        await _replica.ReadOnlyAsync(on: true);
        await _one.Cache.SetAsync("rules:1", "two");
        await Eventually.TrueAsync(async () => await ReadAsync(_two, "rules:1") == "two");
        var before = _two.ReplicaAnswers;
        (await ReadAsync(_two, "rules:1")).ShouldBe("two");
        _two.ReplicaAnswers.ShouldBe(before);
        await _replica.FollowAsync(_primary);
        await UntilReadFromReplicaAsync();
    }

    private async Task UntilReadFromReplicaAsync()
    {
        var before = _two.ReplicaAnswers;
        await Eventually.TrueAsync(async () =>
        {
            await ReadAsync(_two, "rules:any");
            return _two.ReplicaAnswers > before;
        });
    }

    private static async Task<string> ReadAsync(SwitchboardProcess process, string key, string loaded = "loaded", params string[] tags) =>
        await process.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(loaded), Remote, tags);
}
