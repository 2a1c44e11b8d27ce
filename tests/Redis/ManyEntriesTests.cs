using System.Text.RegularExpressions;
using Switchboard.Core.Redis.Caching;

namespace Switchboard.Tests.Redis;

/// <summary>Many entries at once: by few commands, and as right as one by one.</summary>
public sealed partial class ManyEntriesTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly string _id = Guid.CreateVersion7().ToString("N");
    private readonly List<string> _loaded = [];
    private SwitchboardProcess _one = null!;
    private SwitchboardProcess _two = null!;

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
    public async Task What_is_in_memory_is_not_asked_for_what_redis_has_is_not_loaded_and_the_rest_is_loaded_together()
    {
        await _one.Cache.SetAsync(Key(1), "memory");
        await _two.Cache.SetAsync(Key(2), "redis");

        var found = await LoadAsync(_one, Keys(1, 2, 3, 4, 5, 3), new() { [Key(3)] = "three", [Key(4)] = "four" });

        found.ShouldBe(new Dictionary<string, string> { [Key(1)] = "memory", [Key(2)] = "redis", [Key(3)] = "three", [Key(4)] = "four" }, ignoreOrder: true);
        _loaded.ShouldBe(Keys(3, 4, 5), ignoreOrder: true);
        // what there is not is kept too, in both places
        (await LoadAsync(_one, Keys(3, 4, 5), [])).Keys.ShouldBe(Keys(3, 4), ignoreOrder: true);
        (await LoadAsync(_two, Keys(3, 4, 5), [])).Keys.ShouldBe(Keys(3, 4), ignoreOrder: true);
        _loaded.Count.ShouldBe(3);
        _two.Statistics("rules").ShouldSatisfyAllConditions(s => s.RemoteHits.ShouldBe(3), s => s.Loads.ShouldBe(0));
    }

    [Fact]
    public async Task A_hundred_are_read_by_one_command_and_stored_by_one()
    {
        var keys = Keys([.. Enumerable.Range(1, 100)]);
        var (reads, writes) = await CommandsAsync();

        await LoadAsync(_one, keys, keys.ToDictionary(key => key, key => key));
        var (readsAfterLoad, writesAfterLoad) = await CommandsAsync();
        await _two.Cache.SetManyAsync(keys.ToDictionary(key => key, _ => "set"));
        var (_, writesAfterSet) = await CommandsAsync();

        (readsAfterLoad - reads).ShouldBe(1);
        // heartbeats are among them
        (writesAfterLoad - writes).ShouldBeLessThan(50);
        (writesAfterSet - writesAfterLoad).ShouldBeLessThan(50);
        (await _one.Database.StringGetAsync($"switchboard:cache:1:{keys[99]}")).ToString().ShouldEndWith("\"set\"");
        await Eventually.TrueAsync(async () => (await LoadAsync(_one, keys, [])).Values.All(value => value == "set"));
        _loaded.Count.ShouldBe(100);
    }

    [Fact]
    public async Task An_invalidation_takes_its_own_entry_alone_of_those_that_are_being_loaded()
    {
        var answer = new TaskCompletionSource();
        var read = new TaskCompletionSource();
        var loading = _one.Cache.GetOrCreateManyAsync<string>(Keys(1, 2, 3), async (keys, _) =>
        {
            read.SetResult();
            await answer.Task;
            return keys.ToDictionary(key => key, _ => "old");
        }, tags: key => [$"tag-{key}"]);
        await read.Task;
        await _two.Cache.RemoveAsync(Key(1));
        await _two.Cache.RemoveByTagAsync($"tag-{Key(2)}");
        answer.SetResult();
        (await loading).Values.ShouldAllBe(value => value == "old");

        await Eventually.TrueAsync(async () =>
        {
            var now = await _one.Cache.GetOrCreateManyAsync<string>(
                Keys(1, 2, 3), (keys, _) => NewAsync(keys), tags: key => [$"tag-{key}"]);
            return (now[Key(1)], now[Key(2)], now[Key(3)]) == ("new", "new", "old");
        });
    }

    /// <summary>Some are asked for often and most seldom (Zipf), by a process that keeps a fourth of them in memory.</summary>
    [Fact]
    public async Task Of_zipf_traffic_at_least_97_of_100_requests_need_no_load()
    {
        const int requests = 20_000, keys = 400;
        var weights = Enumerable.Range(1, keys).Select(rank => 1.0 / rank).ToArray();
        var sums = weights.Select((_, index) => weights.Take(index + 1).Sum()).ToArray();
        var dice = new Random(1);
        var loads = 0;
        for (var request = 0; request < requests; request++)
        {
            var rank = Array.BinarySearch(sums, dice.NextDouble() * sums[^1]);
            await _one.Cache.GetOrCreateAsync(Key(rank < 0 ? ~rank : rank), _ =>
            {
                loads++;
                return ValueTask.FromResult("value");
            });
        }

        var statistics = _one.Statistics("rules");
        (statistics.Hits + statistics.RemoteHits + statistics.Misses).ShouldBe(requests);
        statistics.HitRate.ShouldBeGreaterThanOrEqualTo(0.97);
        statistics.Misses.ShouldBe(loads);
        statistics.Evictions.ShouldBeGreaterThan(0, "the memory is too small for all");
    }

    private static Task<IReadOnlyDictionary<string, string>> NewAsync(IReadOnlyList<string> keys) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(keys.ToDictionary(key => key, _ => "new"));

    private Task<IReadOnlyDictionary<string, string>> LoadAsync(SwitchboardProcess process, string[] keys, Dictionary<string, string> there) =>
        process.Cache.GetOrCreateManyAsync<string>(keys, (missing, _) =>
        {
            _loaded.AddRange(missing);
            return Task.FromResult<IReadOnlyDictionary<string, string>>(there);
        });

    // how often the server was asked for keys, and how often it ran a script
    private async Task<(long Reads, long Scripts)> CommandsAsync()
    {
        var text = (string)(await _one.Database.ExecuteAsync("INFO", "commandstats"))!;
        return (Calls("mget"), Calls("evalsha"));

        long Calls(string command) => CallsOf().Matches(text)
            .Where(match => match.Groups[1].Value == command).Sum(match => long.Parse(match.Groups[2].Value, null));
    }

    private string Key(int number) => $"rules:{_id}-{number}";

    private string[] Keys(params int[] numbers) => [.. numbers.Select(Key)];

    [GeneratedRegex(@"cmdstat_(\w+):calls=(\d+)")]
    private static partial Regex CallsOf();
}
