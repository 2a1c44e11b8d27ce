using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.FeatureFlags;

namespace Switchboard.Core.Diagnostics;

/// <summary>Registration of the measuring of queries.</summary>
public static class QueryMonitorServices
{
    /// <summary>
    /// Adds <see cref="QueryMonitor"/>, and what it measured to the report of this process (<see cref="PerformanceServices"/>). The process
    /// must have an <see cref="NpgsqlDataSource"/>.
    /// </summary>
    public static IServiceCollection AddQueryMonitor(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(QueryMonitor)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddRollout();
        services.AddOptions<QueryOptions>().BindConfiguration(QueryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(Make);
        return services.AddReportSection<QueryStats>(provider => provider.GetRequiredService<QueryMonitor>().Read);
    }

    private static QueryMonitor Make(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<QueryOptions>>().Value;
        var time = provider.GetRequiredService<TimeProvider>();
        return new(
            new QueryFlags(provider.GetRequiredService<FeatureRollout>(), time),
            new QueryAlerts(
                provider.GetRequiredService<NpgsqlDataSource>(),
                TimeSpan.FromMilliseconds(options.PlanTimeoutMilliseconds),
                time,
                provider.GetRequiredService<ILogger<QueryAlerts>>()),
            TimeSpan.FromMilliseconds(options.SlowQueryMilliseconds),
            time);
    }
}
