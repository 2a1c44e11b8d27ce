using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Switchboard.Core.Notifications.Templates;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Redis.Limits;
using Switchboard.Core.Redis.Locks;

// Clocks, heartbeats and servers that die: each test has the machine to itself.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace Switchboard.Tests.Redis;

/// <summary>What one process has of Redis: its own connection, memory and counters.</summary>
internal sealed class SwitchboardProcess : IAsyncDisposable
{
    public const string EncryptionKey = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    private readonly IHost _host;

    private SwitchboardProcess(IHost host) => _host = host;

    public HybridCache Cache => _host.Services.GetRequiredService<HybridCache>();

    public SlidingWindowLimiter Limiter => _host.Services.GetRequiredService<SlidingWindowLimiter>();

    public DistributedLock Lock => _host.Services.GetRequiredService<DistributedLock>();

    public RedisConnection Redis => _host.Services.GetRequiredService<RedisConnection>();

    /// <summary>How often the replica answered.</summary>
    public long ReplicaAnswers => _host.Services.GetRequiredService<ReplicaReads>().Answered;

    public IDatabase Database => _host.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public CacheNamespaceStatistics Statistics(string space) => _host.Services.GetRequiredService<CacheStatistics>().Read()[space];

    /// <summary>Starts and waits until Redis answers.</summary>
    public static async Task<SwitchboardProcess> StartAsync(RedisServer server, RedisServer? replica = null)
    {
        var process = await StartWithoutRedisAsync(server, replica);
        await process.UntilAsync(available: true);
        await Eventually.TrueAsync(process.HasWarmedUpAsync);
        return process;
    }

    // the first of all calls compiles what it runs and may take longer than a call may
    private async Task<bool> HasWarmedUpAsync()
    {
        var key = $"short:{Guid.CreateVersion7():N}";
        await Cache.SetAsync(key, "warm", tags: ["warm"]);
        await Cache.RemoveByTagAsync("warm");
        await Cache.GetOrCreateAsync(key, _ => ValueTask.FromResult("warm"));
        return Redis.IsAvailable && Redis.IsHearing && await Database.KeyExistsAsync($"switchboard:cache:1:{key}");
    }

    /// <summary>Starts, whether Redis is there or not.</summary>
    public static async Task<SwitchboardProcess> StartWithoutRedisAsync(RedisServer server, RedisServer? replica = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Encryption:Key"] = EncryptionKey,
            ["Redis:HeartbeatMs"] = "50",
            // on a busy machine an answer may take longer
            ["Redis:RedisTimeoutMs"] = "2000",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(server.ConnectionString));
        if (replica is not null)
            builder.Services.AddKeyedSingleton<IConnectionMultiplexer>(
                ReplicaReads.ServiceKey, (_, _) => ConnectionMultiplexer.Connect(replica.ConnectionString));
        builder.Services.AddSwitchboardCache(cache => cache
            .Templates()
            .Namespace("rules", TimeSpan.FromMinutes(5), 100)
            .Namespace("short", TimeSpan.FromSeconds(5), 100)
            .Namespace("small", TimeSpan.FromMinutes(5), 2)
            .Namespace("token", TimeSpan.FromMinutes(55), 100, encrypted: true));
        builder.Services.AddSwitchboardLimits();
        var host = builder.Build();
        await host.StartAsync();
        return new SwitchboardProcess(host);
    }

    /// <summary>Waits until Redis is available to this process, or is not.</summary>
    public async Task UntilAsync(bool available) => await Eventually.TrueAsync(() => Redis.IsAvailable == available);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
