using Microsoft.Extensions.Caching.Hybrid;

namespace Switchboard.Tests.Redis;

/// <summary>Entries live for five minutes: what changes within <see cref="Eventually"/> was invalidated.</summary>
public sealed class CacheAcrossProcessesTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly string _id = Guid.CreateVersion7().ToString("N");
    private SwitchboardProcess _one = null!;
    private SwitchboardProcess _two = null!;

    private string Key => $"rules:{_id}";

    public async ValueTask InitializeAsync()
    {
        _one = await SwitchboardProcess.StartAsync(server);
        _two = await SwitchboardProcess.StartAsync(server);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact]
    public async Task What_one_process_loaded_another_reads_from_redis()
    {
        await LoadAsync(_one, Key, "first");

        (await LoadAsync(_two, Key, "second")).ShouldBe("first");
        _two.Statistics("rules").ShouldSatisfyAllConditions(s => s.RemoteHits.ShouldBe(1), s => s.Loads.ShouldBe(0));
        (await LoadAsync(_two, Key, "third")).ShouldBe("first");
        _two.Statistics("rules").Hits.ShouldBe(1);
    }

    [Fact]
    public async Task A_removed_key_is_gone_in_every_process()
    {
        await LoadAsync(_one, Key, "old");
        await LoadAsync(_two, Key, "old");

        await _one.Cache.RemoveAsync(Key);

        (await LoadAsync(_one, Key, "new")).ShouldBe("new");
        await Eventually.TrueAsync(async () => await LoadAsync(_two, Key, "new") == "new");
    }

    [Fact]
    public async Task A_removed_tag_takes_all_its_entries_in_memory_and_in_redis()
    {
        await LoadAsync(_one, $"{Key}-a", "old", _id);
        await LoadAsync(_one, $"{Key}-b", "old", "other", _id);
        await LoadAsync(_one, $"{Key}-c", "old", "other");
        await LoadAsync(_two, $"{Key}-a", "old", _id);

        await _two.Cache.RemoveByTagAsync(_id);

        (await LoadAsync(_two, $"{Key}-a", "new", _id)).ShouldBe("new");
        (await LoadAsync(_two, $"{Key}-b", "new", "other", _id)).ShouldBe("new");
        (await LoadAsync(_two, $"{Key}-c", "new", "other")).ShouldBe("old");
        await Eventually.TrueAsync(async () => await LoadAsync(_one, $"{Key}-a", "new", _id) == "new");
    }

    [Fact]
    public async Task An_entry_is_judged_by_its_own_tags_when_the_reader_names_none()
    {
        await LoadAsync(_one, Key, "old", _id);
        await _one.Cache.RemoveByTagAsync(_id);

        (await LoadAsync(_two, Key, "new")).ShouldBe("new");
    }

    [Fact]
    public async Task The_tag_star_takes_everything()
    {
        await LoadAsync(_one, Key, "old");
        await LoadAsync(_two, Key, "old");

        await _one.Cache.RemoveByTagAsync("*");

        (await LoadAsync(_one, Key, "new")).ShouldBe("new");
        await Eventually.TrueAsync(async () => await LoadAsync(_two, Key, "new") == "new");
    }

    [Fact]
    public async Task A_value_that_was_set_replaces_what_others_have_in_memory()
    {
        await LoadAsync(_one, Key, "old");
        await LoadAsync(_two, Key, "old");

        await _one.Cache.SetAsync(Key, "set");

        (await LoadAsync(_one, Key, "new")).ShouldBe("set");
        await Eventually.TrueAsync(async () => await LoadAsync(_two, Key, "new") == "set");
    }

    [Fact]
    public async Task A_load_that_another_process_overtakes_with_an_invalidation_is_not_stored()
    {
        var read = new TaskCompletionSource();
        var answer = new TaskCompletionSource<string>();
        var loading = _one.Cache.GetOrCreateAsync(Key, async _ =>
        {
            read.SetResult();
            return await answer.Task;
        }).AsTask();
        await read.Task;

        await _two.Cache.RemoveAsync(Key);
        answer.SetResult("read before the change");

        (await loading).ShouldBe("read before the change");
        (await LoadAsync(_two, Key, "new")).ShouldBe("new");
        await Eventually.TrueAsync(async () => await LoadAsync(_one, Key, "new") == "new");
    }

    [Fact]
    public async Task An_entry_ends_with_its_time_in_redis_too()
    {
        await LoadAsync(_one, $"short:{_id}", "old");
        (await LoadAsync(_two, $"short:{_id}", "new")).ShouldBe("old");

        await Eventually.TrueAsync(async () => await LoadAsync(_one, $"short:{_id}", "new") == "new");
        await Eventually.TrueAsync(async () => await LoadAsync(_two, $"short:{_id}", "newer") != "old");
    }

    [Fact]
    public async Task An_encrypted_namespace_shows_nothing_in_redis_and_opens_in_another_process()
    {
        await LoadAsync(_one, $"token:{_id}", "ya29.secret");

        var stored = (byte[])(await _one.Database.StringGetAsync($"switchboard:cache:1:token:{_id}"))!;
        System.Text.Encoding.Latin1.GetString(stored).ShouldNotContain("ya29");
        (await LoadAsync(_two, $"token:{_id}", "other")).ShouldBe("ya29.secret");
    }

    [Fact]
    public async Task An_entry_that_cannot_be_read_is_loaded_again()
    {
        await _one.Database.StringSetAsync($"switchboard:cache:1:{Key}", "no entry at all");

        (await LoadAsync(_one, Key, "new")).ShouldBe("new");
    }

    [Fact]
    public async Task The_least_recently_used_entry_leaves_memory_and_stays_in_redis()
    {
        await LoadAsync(_one, $"small:{_id}-1", "1");
        await LoadAsync(_one, $"small:{_id}-2", "2");
        await LoadAsync(_one, $"small:{_id}-1", "1");
        await LoadAsync(_one, $"small:{_id}-3", "3");

        _one.Statistics("small").ShouldSatisfyAllConditions(s => s.Evictions.ShouldBe(1), s => s.Entries.ShouldBe(2));
        (await LoadAsync(_one, $"small:{_id}-2", "again")).ShouldBe("2");
        _one.Statistics("small").RemoteHits.ShouldBe(1);
    }

    [Fact]
    public async Task The_flags_turn_off_memory_redis_or_the_load()
    {
        var onlyLook = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableUnderlyingData };
        (await _one.Cache.GetOrCreateAsync(Key, _ => ValueTask.FromResult("loaded"), onlyLook)).ShouldBeNull();

        var memoryOnly = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableDistributedCache };
        await _one.Cache.GetOrCreateAsync(Key, _ => ValueTask.FromResult("one"), memoryOnly);
        (await LoadAsync(_two, Key, "two")).ShouldBe("two");

        var redisOnly = new HybridCacheEntryOptions { Flags = HybridCacheEntryFlags.DisableLocalCache };
        (await _one.Cache.GetOrCreateAsync(Key, _ => ValueTask.FromResult("three"), redisOnly)).ShouldBe("two");
    }

    private static async Task<string> LoadAsync(SwitchboardProcess process, string key, string value, params string[] tags) =>
        await process.Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult(value), tags: tags);
}
