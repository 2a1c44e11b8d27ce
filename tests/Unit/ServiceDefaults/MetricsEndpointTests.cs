using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Metrics_are_those_of_the_server_the_runtime_and_the_product()
    {
        using var meter = new Meter("Switchboard.Testing");
        await using var host = await DefaultsHost.StartAsync(map: app => app.MapGet("/api/things/{id}", (int id) => id));
        meter.CreateCounter<long>("switchboard.tested").Add(1);
        await host.GetAsync("/api/things/7");
        await host.GetAsync("/health");

        var answer = await host.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();
        // a request is measured when it is over, which is a moment after its answer
        for (var again = 0; again < 500 && !text.Contains("http_route=\"/api/things/{id}\"", StringComparison.Ordinal); again++)
            text = await (await host.GetAsync("/metrics")).Content.ReadAsStringAsync();

        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        text.ShouldContain("switchboard_tested_total");
        text.ShouldContain("http_server_request_duration_seconds_bucket");
        text.ShouldContain("http_route=\"/api/things/{id}\"");
        text.ShouldContain("dotnet_gc_collections_total");
        text.ShouldNotContain("http_route=\"/health\"");
    }
}
