using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using Switchboard.ServiceDefaults.Health;

namespace Switchboard.ServiceDefaults.Metrics;

/// <summary>The section <c>Metrics</c> of the configuration.</summary>
internal sealed class MetricsOptions
{
    public const string Section = "Metrics";

    /// <summary>
    /// <c>Metrics:ExportIntervalSeconds</c>: how often metrics are sent to the OTLP endpoint; <c>/metrics</c> is always current.
    /// It stands above <c>OTEL_METRIC_EXPORT_INTERVAL</c>, which Aspire sets to one second: with that, collecting the metrics of
    /// five processes costs a noticeable part of a small machine.
    /// </summary>
    [Range(1, 3_600)]
    public int ExportIntervalSeconds { get; set; } = 10;
}

internal static class MetricsDefaults
{
    // without them a histogram has bounds for milliseconds: whatever takes less than five seconds would be in one bucket
    private static readonly ExplicitBucketHistogramConfiguration _seconds = new()
    {
        Boundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600],
    };

    /// <summary>
    /// What is measured: the product (<c>Switchboard.*</c>), the server, the HTTP clients and the runtime; Aspire's clients add theirs.
    /// </summary>
    public static void AddMetricsDefaults(this IServiceCollection services)
    {
        services.AddOptions<MetricsOptions>().BindConfiguration(MetricsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MetricReaderOptions>().Configure<IOptions<MetricsOptions>>((reader, options) =>
            reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = options.Value.ExportIntervalSeconds * 1_000);
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter("Switchboard.*")
            .AddView(static instrument =>
                instrument.Unit == "s" && instrument.Meter.Name.StartsWith("Switchboard.", StringComparison.Ordinal) ? _seconds : null)
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            // who asks twice within the time of a cached answer must not see the state before a change
            .AddPrometheusExporter(prometheus => prometheus.ScrapeResponseCacheDurationMilliseconds = 0));
    }

    /// <summary>
    /// Prometheus text, for operators. A name there is the instrument's with underscores, its unit (<c>_seconds</c>, <c>_bytes</c>; a unit
    /// in braces adds nothing) and <c>_total</c> for a counter; the meter is the label <c>otel_scope_name</c>.
    /// </summary>
    public static void MapPrometheus(this IEndpointRouteBuilder app) =>
        app.MapPrometheusScrapingEndpoint(DefaultPaths.Metrics).ForOperators().AllowAnonymous().DisableHttpMetrics();
}
