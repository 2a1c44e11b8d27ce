using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Switchboard.Tests.Polyfills.Clients;

public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task A_source_is_listened_to_from_when_the_host_starts_until_it_ends()
    {
        using var source = new ActivitySource(nameof(A_source_is_listened_to_from_when_the_host_starts_until_it_ends));
        var seen = new Seen();
        var builder = TestHost.With();
        builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource(source.Name).AddProcessor(seen));

        using (var host = builder.Build())
        {
            source.StartActivity("before").ShouldBeNull();
            await host.StartAsync();
            source.StartActivity("during").ShouldNotBeNull().Dispose();
            await host.StopAsync();
        }

        source.StartActivity("after").ShouldBeNull();
        seen.Names.ShouldBe(["during"]);
    }

    [Fact]
    public async Task What_other_hosted_services_do_at_their_start_is_seen()
    {
        using var source = new ActivitySource(nameof(What_other_hosted_services_do_at_their_start_is_seen));
        var seen = new Seen();
        var builder = TestHost.With();
        builder.Services.AddHostedService(_ => new Starter(source));
        builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource(source.Name).AddProcessor(seen));
        using var host = builder.Build();

        await host.StartAsync();

        seen.Names.ShouldBe(["start"]);
    }

    [Fact]
    public void Called_twice_it_configures_one_provider()
    {
        var seen = new Seen();
        var builder = TestHost.With();
        builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource("one").AddProcessor(seen));
        builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource("two"));
        using var host = builder.Build();
        host.Services.GetRequiredService<TracerProvider>();
        using var one = new ActivitySource("one");
        using var two = new ActivitySource("two");

        one.StartActivity("1")?.Dispose();
        two.StartActivity("2")?.Dispose();

        seen.Names.ShouldBe(["1", "2"]);
        builder.Services.Count(s => s.ServiceType == typeof(IHostedService)).ShouldBe(1);
    }

    [Fact]
    public void The_resource_is_that_of_every_signal()
    {
        var builder = TestHost.With();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("switchboard"))
            .WithTracing()
            .WithMetrics();
        using var host = builder.Build();

        foreach (var resource in new[]
                 {
                     host.Services.GetRequiredService<TracerProvider>().GetResource(),
                     host.Services.GetRequiredService<MeterProvider>().GetResource(),
                 })
            resource.Attributes.ShouldContain(a => a.Key == "service.name" && (string)a.Value == "switchboard");
    }

    private sealed class Seen : BaseProcessor<Activity>
    {
        public List<string> Names { get; } = [];

        public override void OnEnd(Activity data) => Names.Add(data.OperationName);
    }

    private sealed class Starter(ActivitySource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            source.StartActivity("start")?.Dispose();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
