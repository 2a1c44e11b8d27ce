using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Resources;
using Switchboard.ServiceDefaults.Metrics;
using Switchboard.ServiceDefaults.Tracing;

namespace Switchboard.ServiceDefaults;

internal static class Telemetry
{
    /// <summary>
    /// Metrics always, for <c>/metrics</c>. Traces and logs only where something takes them (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>):
    /// an activity for each request, query and message costs throughput even when nobody reads it.
    /// </summary>
    public static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        var exports = !string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        var tracing = builder.Configuration.GetSection(TracingOptions.Section).Get<TracingOptions>() ?? new();
        var traces = exports && tracing.IsOn;

        SetClientDefaults(builder.Configuration, traces);
        builder.Services.AddMetricsDefaults();
        builder.Services.AddOptions<TracingOptions>().BindConfiguration(TracingOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        NameAfterTheProcess(builder);
        if (traces)
            builder.Services.AddTracingDefaults();
        if (!exports)
            return;

        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeFormattedMessage = true;
            logs.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry().UseOtlpExporter();
    }

    /// <summary>The app host names each service in the environment; one that was started by hand is called as its assembly.</summary>
    private static void NameAfterTheProcess(IHostApplicationBuilder builder)
    {
        if (string.IsNullOrWhiteSpace(builder.Configuration["OTEL_SERVICE_NAME"]))
            builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(
                builder.Environment.ApplicationName, autoGenerateServiceInstanceId: false));
    }

    /// <summary>
    /// Defaults for logging and for the settings of the Aspire clients, below every other source of configuration. The clients would
    /// start tracing by themselves; and the spans of RabbitMQ's client would double those of the jobs, which know the trace of each.
    /// </summary>
    private static void SetClientDefaults(IConfigurationManager configuration, bool traces) =>
        configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Aspire:Npgsql:DisableTracing"] = traces ? "false" : "true",
                ["Aspire:StackExchange:Redis:DisableTracing"] = traces ? "false" : "true",
                ["Aspire:RabbitMQ:Client:DisableTracing"] = "true",
                // a line for each statement and each call would bury what matters; traces and metrics have them
                ["Logging:LogLevel:Npgsql"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
                ["Logging:LogLevel:System.Net.Http.HttpClient"] = "Warning",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
                ["Logging:LogLevel:Microsoft.Extensions.ServiceDiscovery"] = "Warning",
                // forty lines for each connection that is made
                ["Logging:LogLevel:StackExchange.Redis"] = "Warning",
                // an error for each failed check of each probe, also of those that wait for a start; BoundedHealthCheck logs the changes
                ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            },
        });
}
