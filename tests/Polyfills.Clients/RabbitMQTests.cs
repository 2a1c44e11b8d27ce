using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Trace;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Switchboard.Tests.Polyfills.Clients;

public sealed class RabbitMQTests
{
    private const string Away = "amqp://guest:p%40ss@127.0.0.1:1";

    [Fact]
    public void The_factory_comes_from_the_section_then_the_connection_string_then_the_caller()
    {
        var builder = TestHost.With(
            ("ConnectionStrings:rabbitmq", Away),
            ("Aspire:RabbitMQ:Client:ConnectionFactory:HostName", "section"),
            ("Aspire:RabbitMQ:Client:ConnectionFactory:RequestedChannelMax", "9"));
        builder.AddRabbitMQClient("rabbitmq", configureConnectionFactory: factory => factory.ClientProvidedName = "edge");
        using var host = builder.Build();

        var factory = host.Services.GetRequiredService<IConnectionFactory>().ShouldBeOfType<ConnectionFactory>();

        factory.HostName.ShouldBe("127.0.0.1");
        factory.Password.ShouldBe("p@ss");
        factory.RequestedChannelMax.ShouldBe((ushort)9);
        factory.ClientProvidedName.ShouldBe("edge");
    }

    [Fact]
    public void Without_retries_a_broker_that_is_away_is_an_error_at_once()
    {
        var builder = TestHost.With(("ConnectionStrings:rabbitmq", Away), ("Aspire:RabbitMQ:Client:MaxConnectRetryCount", "0"));
        builder.AddRabbitMQClient("rabbitmq");
        using var host = builder.Build();

        Should.Throw<BrokerUnreachableException>(host.Services.GetRequiredService<IConnection>);
    }

    [Fact]
    public void A_retry_comes_after_a_second_and_each_attempt_is_an_activity()
    {
        var attempts = 0;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Aspire.RabbitMQ.Client",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => attempts += activity.OperationName == "rabbitmq connect attempt" ? 1 : 0,
        };
        ActivitySource.AddActivityListener(listener);
        var builder = TestHost.With(("ConnectionStrings:rabbitmq", Away));
        builder.AddRabbitMQClient("rabbitmq", settings => settings.MaxConnectRetryCount = 1);
        using var host = builder.Build();

        var clock = Stopwatch.StartNew();
        Should.Throw<BrokerUnreachableException>(host.Services.GetRequiredService<IConnection>);

        clock.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.9));
        attempts.ShouldBe(2);
    }

    [Fact]
    public async Task The_health_check_is_unhealthy_while_the_broker_is_away()
    {
        var builder = TestHost.With(("ConnectionStrings:rabbitmq", Away));
        builder.AddRabbitMQClient("rabbitmq", settings => settings.MaxConnectRetryCount = 0);
        using var host = builder.Build();

        var entry = await host.CheckAsync("RabbitMQ.Client");

        entry.Status.ShouldBe(HealthStatus.Unhealthy);
        entry.Exception.ShouldBeOfType<BrokerUnreachableException>();
    }

    [Fact]
    public void By_default_it_tries_five_times_more_and_connects_on_first_use()
    {
        var builder = TestHost.With(("ConnectionStrings:rabbitmq", Away));

        builder.AddRabbitMQClient("rabbitmq", settings =>
        {
            settings.MaxConnectRetryCount.ShouldBe(5);
            settings.DisableAutoActivation.ShouldBeTrue();
        });
    }

    [Theory]
    [InlineData("false", true)]
    [InlineData("true", false)]
    public void Each_part_can_be_left_out(string disable, bool there)
    {
        var builder = TestHost.With(
            ("ConnectionStrings:rabbitmq", Away),
            ("Aspire:RabbitMQ:Client:DisableHealthChecks", disable),
            ("Aspire:RabbitMQ:Client:DisableTracing", disable));
        builder.AddRabbitMQClient("rabbitmq");
        using var host = builder.Build();

        (host.Services.GetService<HealthCheckService>() is not null).ShouldBe(there);
        (host.Services.GetService<TracerProvider>() is not null).ShouldBe(there);
    }
}
