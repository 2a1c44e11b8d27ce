using Switchboard.Core.Diagnostics;

namespace Switchboard.Edge.Api.Operations.Health;

internal static class HealthExtensions
{
    /// <summary>The edge measures its queries, and judges by the figures of all processes.</summary>
    public static IServiceCollection AddHealthPerformance(this IServiceCollection services)
    {
        services.AddOptions<HealthPerformanceOptions>()
            .BindConfiguration(HealthPerformanceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddQueryMonitor().AddSingleton<ReadHealth>();
    }
}
