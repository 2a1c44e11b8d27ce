using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Run;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Where a project sends its telemetry: to the dashboard, or to the endpoint that the configuration names.</summary>
internal sealed class OtlpEnvironment(IDistributedApplicationBuilder builder)
{
    public void AddTo(EnvironmentCallbackContext context)
    {
        var variables = context.EnvironmentVariables;
        variables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={ReplicaPlaceholders.InstanceId}";
        if (builder.Environment.IsDevelopment())
        {
            variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
            variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
            variables["OTEL_TRACES_SAMPLER"] = "always_on";
            variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
        }

        if (Endpoint(context.ExecutionContext.ServiceProvider) is not { } endpoint) return;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint.Url;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = endpoint.Protocol;
        if (builder.Configuration["AppHost:OtlpApiKey"] is { Length: > 0 } key)
            variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
    }

    private static (string Url, string Protocol)? Endpoint(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        if (services.GetService<Dashboard>() is { IsAvailable: true } dashboard) return (dashboard.OtlpGrpcUrl, "grpc");

        return (configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] ?? configuration["DOTNET_DASHBOARD_OTLP_ENDPOINT_URL"]) is { Length: > 0 } grpc
            ? (grpc, "grpc")
            : null;
    }
}
