using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using Switchboard.Core.Notifications.Inbox;
using Switchboard.Core.Redis;

namespace Switchboard.Tests.Edge;

/// <summary>An edge with a Redis of its own.</summary>
public sealed class SignalledEdge : EdgeProcess
{
    private readonly int _port = FreePort.Next();
    private ServerProcess? _redis;

    internal string Redis => $"127.0.0.1:{_port},abortConnect=false,connectTimeout=500,connectRetry=1";

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["ConnectionStrings__redis"] = Redis,
        ["Inbox__HeartbeatSeconds"] = "1",
    };

    public override async ValueTask InitializeAsync()
    {
        _redis = await ServerProcess.StartAsync(
            "redis", "Ready to accept connections", new Dictionary<string, string>(),
            "redis-server", "--port", $"{_port}", "--bind", "127.0.0.1", "--dir", Path.GetTempPath(), "--save", "");
        await base.InitializeAsync();
    }

    internal async Task KillRedisAsync() => await Interlocked.Exchange(ref _redis, null)!.KillAsync();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_redis is not null)
            await KillRedisAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class InboxSignalTests(SignalledEdge edge) : InboxTest(edge), IClassFixture<SignalledEdge>
{
    [Fact]
    public async Task A_signal_brings_an_item_at_once_and_without_Redis_it_is_found_all_the_same()
    {
        var token = await SetUpAsync();
        await edge.SaysAsync("Redis is available.");
        await using var client = await ConnectionMultiplexer.ConnectAsync(edge.Redis);
        using var redis = new RedisConnection(
            () => client, Options.Create(new RedisOptions()), TimeProvider.System, NullLogger<RedisConnection>.Instance);
        var available = new TaskCompletionSource();
        redis.Available += available.SetResult;
        await redis.StartAsync(default);
        await available.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await using var watching = await WatchAsync(token);

        // nobody looks for rows while signals are heard, but once when the watch begins
        (await watching.NextAsync(heartbeats: true)).Event.ShouldBe("heartbeat");
        var silent = await ArriveAsync("silent");
        (await watching.NextAsync(heartbeats: true)).Event.ShouldBe("heartbeat");
        await redis.TellInboxAsync(Recipient, default);
        (await watching.NextAsync()).ShouldBe(("item", silent, "silent"));

        for (var i = 0; i < 40; i++)
        {
            var id = await ArriveAsync($"{i}");
            await redis.TellInboxAsync(Recipient, default);
            (await watching.NextAsync()).Id.ShouldBe(id);
        }

        await redis.StopAsync(default);
        await edge.KillRedisAsync();
        await edge.SaysAsync("Redis is unavailable");
        var found = await ArriveAsync("found");
        (await watching.NextAsync()).ShouldBe(("item", found, "found"));
    }
}
