using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Switchboard.ServiceDefaults.Metrics;

internal static class MetricsDefaults
{
    public static void AddMetricsDefaults(this IServiceCollection services)
    {
        services.AddSingleton<PrometheusScraper>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(
                "Switchboard.*",
                "Microsoft.AspNetCore.Hosting",
                "Microsoft.AspNetCore.Server.Kestrel",
                "System.Net.Http",
                "System.Runtime",
                "Npgsql")
            .AddReader(sp => sp.GetRequiredService<PrometheusScraper>().Reader));
    }
}
