using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;

namespace Switchboard.Tests.Unit.ServiceDefaults;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Metrics_are_those_of_the_server_the_runtime_and_the_product()
    {
        using var meter = new Meter("Switchboard.Testing");
        await using var host = await DefaultsHost.StartAsync(map: app => app.MapGet("/api/things/{id}", (int id) => id));
        meter.CreateCounter<long>("switchboard.tested").Add(1);
        // a request is measured when it is over, which is a moment after its answer, and the choice of its route before
        using var measured = new MetricCollector<double>(
            host.App.Services.GetRequiredService<IMeterFactory>(), "Microsoft.AspNetCore.Hosting", "http.server.request.duration");
        await host.GetAsync("/health");
        await host.GetAsync("/api/things/7");
        await measured.WaitForMeasurementsAsync(1, TestContext.Current.CancellationToken);

        var answer = await host.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync();

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        text.ShouldContain("switchboard_tested_total");
        var durations = text.Split('\n').Where(line => line.StartsWith("http_server_request_duration_seconds_bucket", StringComparison.Ordinal)).ToArray();
        durations.ShouldNotBeEmpty();
        durations.ShouldAllBe(line => line.Contains("http_route=\"/api/things/{id}\"", StringComparison.Ordinal));
        text.ShouldContain("dotnet_gc_collections_total");
    }

    /// <summary>What dashboards, alerts and the end-to-end tests read: the names, and lines that end with the value.</summary>
    [Theory]
    [InlineData("switchboard.jobs.duration", "s", "switchboard_jobs_duration_seconds_count{", " 1")]
    [InlineData("switchboard.jobs.batch_size", "{job}", "switchboard_jobs_batch_size_sum{", " 100")]
    [InlineData("switchboard.jobs.completed", "{job}", "switchboard_jobs_completed_total{", " 100")]
    [InlineData("switchboard.media.bytes", "By", "switchboard_media_bytes_total{", " 100")]
    [InlineData("switchboard.jobs.in_flight", "{job}", "switchboard_jobs_in_flight{", " 100")]
    [InlineData("switchboard.rollout.percentage", null, "switchboard_rollout_percentage{", " 100")]
    public async Task A_name_has_its_unit_and_its_line_ends_with_the_value(string name, string? unit, string expected, string value)
    {
        var meterName = "Switchboard.Testing." + Guid.CreateVersion7().ToString("N");
        using var meter = new Meter(meterName);
        await using var host = await DefaultsHost.StartAsync();
        var tag = new KeyValuePair<string, object?>("flag", "X");
        switch (name)
        {
            case "switchboard.jobs.duration" or "switchboard.jobs.batch_size":
                meter.CreateHistogram<double>(name, unit).Record(100, tag);
                break;
            case "switchboard.jobs.in_flight":
                meter.CreateUpDownCounter<int>(name, unit).Add(100, tag);
                break;
            case "switchboard.rollout.percentage":
                meter.CreateObservableGauge(name, () => new Measurement<int>(100, tag), unit);
                break;
            default:
                meter.CreateCounter<long>(name, unit).Add(100, tag);
                break;
        }

        var text = await host.GetStringAsync("/metrics");

        var lines = text.Split('\n').Where(line => line.Contains(meterName, StringComparison.Ordinal)).ToArray();
        lines.ShouldContain(
            line => line.StartsWith(expected, StringComparison.Ordinal) && line.Contains("flag=\"X\"", StringComparison.Ordinal)
                && line.EndsWith(value, StringComparison.Ordinal),
            string.Join('\n', lines));
    }

    /// <summary>Without bounds for seconds the first one is 5, and no percentile below it can be told.</summary>
    [Fact]
    public async Task A_duration_is_counted_in_ranges_of_milliseconds_up_to_an_hour()
    {
        var meterName = "Switchboard.Testing." + Guid.CreateVersion7().ToString("N");
        using var meter = new Meter(meterName);
        await using var host = await DefaultsHost.StartAsync();
        meter.CreateHistogram<double>("switchboard.tested.duration", "s").Record(0.02);
        meter.CreateHistogram<int>("switchboard.tested.size", "{job}").Record(2);

        var lines = (await host.GetStringAsync("/metrics")).Split('\n').Where(line => line.Contains(meterName, StringComparison.Ordinal)).ToArray();

        Count("switchboard_tested_duration_seconds_bucket", "0.01").ShouldBe("0");
        Count("switchboard_tested_duration_seconds_bucket", "0.025").ShouldBe("1");
        Count("switchboard_tested_duration_seconds_bucket", "3600").ShouldBe("1");
        Count("switchboard_tested_size_bucket", "5").ShouldBe("1");

        string Count(string name, string bound) => lines.Single(line => line.StartsWith(name, StringComparison.Ordinal)
            && line.Contains($"le=\"{bound}\"", StringComparison.Ordinal)).Split(' ')[1];
    }

    [Fact]
    public async Task Prometheus_itself_may_ask_for_OpenMetrics()
    {
        await using var host = await DefaultsHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse("application/openmetrics-text; version=1.0.0"));

        using var answer = await host.Http.SendAsync(request);

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/openmetrics-text");
        (await answer.Content.ReadAsStringAsync()).ShouldEndWith("# EOF\n");
    }

    [Theory]
    [InlineData(null, 10_000)]
    [InlineData("60", 60_000)]
    public async Task Metrics_are_exported_as_often_as_the_product_says(string? seconds, int milliseconds)
    {
        var settings = new Dictionary<string, string?> { ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000" };
        if (seconds is not null)
            settings["Metrics:ExportIntervalSeconds"] = seconds;
        await using var host = await DefaultsHost.StartAsync(settings: settings);

        host.App.Services.GetRequiredService<IOptions<MetricReaderOptions>>().Value
            .PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds.ShouldBe(milliseconds);
    }

    [Theory]
    [InlineData("Metrics:ExportIntervalSeconds", "0")]
    [InlineData("Tracing:SampleRatio", "1.5")]
    [InlineData("Tracing:TracesPerSecond", "-1")]
    [InlineData("Health:CheckTimeoutSeconds", "0")]
    public async Task A_setting_that_cannot_be_is_said_at_the_start(string key, string value) =>
        await Should.ThrowAsync<OptionsValidationException>(DefaultsHost.StartAsync(settings: new() { [key] = value }));
}
