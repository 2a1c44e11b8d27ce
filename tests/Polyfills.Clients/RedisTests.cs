using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Switchboard.Tests.Polyfills.Clients;

public sealed class RedisTests
{
    private const string Away = "127.0.0.1:1,connectTimeout=200,connectRetry=1,password=secret";

    [Fact]
    public void The_options_come_from_the_connection_string_then_the_section_then_the_caller()
    {
        var builder = TestHost.With(
            ("ConnectionStrings:redis", Away), ("Aspire:StackExchange:Redis:ConfigurationOptions:KeepAlive", "33"));
        builder.AddRedisClient("redis", configureOptions: options => options.ClientName = "edge");
        using var host = builder.Build();

        var options = host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;

        options.Password.ShouldBe("secret");
        options.KeepAlive.ShouldBe(33);
        options.ClientName.ShouldBe("edge");
    }

    [Theory]
    [InlineData("127.0.0.1:1", false)]
    [InlineData("127.0.0.1:1,abortConnect=true", true)]
    public void A_failed_connect_does_not_abort_unless_the_connection_string_says_so(string connectionString, bool aborts)
    {
        var builder = TestHost.With(("ConnectionStrings:redis", connectionString));
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value.AbortOnConnectFail.ShouldBe(aborts);
    }

    [Fact]
    public async Task A_process_starts_while_Redis_is_away()
    {
        var builder = TestHost.With(("ConnectionStrings:redis", Away));
        builder.AddRedisClient("redis", settings => settings.DisableAutoActivation = false);
        using var host = builder.Build();

        await host.StartAsync();

        host.Services.GetRequiredService<IConnectionMultiplexer>().IsConnected.ShouldBeFalse();
        await host.StopAsync();
    }

    [Fact]
    public async Task The_health_check_is_unhealthy_while_Redis_is_away()
    {
        var builder = TestHost.With(("ConnectionStrings:redis", Away));
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        var entry = await host.CheckAsync("StackExchange.Redis");

        entry.Status.ShouldBe(HealthStatus.Unhealthy);
        entry.Exception.ShouldNotBeNull();
    }

    [Fact]
    public void Without_an_endpoint_the_connection_is_an_error()
    {
        var builder = TestHost.With();
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        Should.Throw<InvalidOperationException>(host.Services.GetRequiredService<IConnectionMultiplexer>)
            .Message.ShouldContain("ConnectionStrings:redis");
    }

    [Fact]
    public void The_health_check_can_be_left_out()
    {
        var builder = TestHost.With(("ConnectionStrings:redis", Away), ("Aspire:StackExchange:Redis:redis:DisableHealthChecks", "true"));
        builder.AddRedisClient("redis");
        using var host = builder.Build();

        host.Services.GetService<HealthCheckService>().ShouldBeNull();
    }
}
