using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using Switchboard.Core.FeatureFlags;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Tests.Redis;

public sealed class RolloutAcrossProcessesTests(RedisServer server) : IClassFixture<RedisServer>
{
    private static readonly Feature Views = Feature.MaterializedViews;

    [Fact]
    public async Task A_switch_that_falls_in_one_process_falls_in_those_that_run_and_those_that_start_later()
    {
        using var one = await StartAsync();
        using var two = await StartAsync();
        for (var i = 0; i < 5; i++)
            await RunAsync(one, fails: true);

        (await RunAsync(one)).ShouldBe("plain");
        await Eventually.TrueAsync(async () => await RunAsync(two) == "plain");
        using var three = await StartAsync();
        await Eventually.TrueAsync(async () => await RunAsync(three) == "plain");
        var until = (await StateAsync(one)).TrippedUntil.ShouldNotBeNull();
        (await StateAsync(two)).TrippedUntil.ShouldNotBeNull().ShouldBe(until, TimeSpan.FromSeconds(30));
        (await StateAsync(three)).TrippedUntil.ShouldNotBeNull().ShouldBe(until, TimeSpan.FromSeconds(30));
        (await RunAsync(two, feature: Feature.QueryCaching)).ShouldBe("optimised");
    }

    private static async Task<FeatureState> StateAsync(IHost host) =>
        (await host.Services.GetRequiredService<FeatureRollout>().ListAsync()).Single(state => state.Flag == Views.Flag);

    private static Task<string> RunAsync(IHost host, bool fails = false, Feature? feature = null) =>
        host.Services.GetRequiredService<FeatureRollout>().RunAsync(
            feature ?? Views,
            null,
            _ => fails ? Task.FromException<string>(new InvalidOperationException()) : Task.FromResult("optimised"),
            _ => Task.FromResult("plain"),
            difference: null,
            default);

    private async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Redis:HeartbeatMs"] = "50",
            ["Redis:RedisTimeoutMs"] = "2000",
        });
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(server.ConnectionString));
        builder.Services.AddSwitchboardLimits();
        builder.Services.AddRollout();
        var host = builder.Build();
        await host.StartAsync();
        await Eventually.TrueAsync(() => host.Services.GetRequiredService<RedisConnection>() is { IsAvailable: true, IsHearing: true });
        return host;
    }
}
