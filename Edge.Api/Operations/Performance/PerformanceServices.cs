using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;
using Switchboard.Edge.Api.Sms.Messages;

namespace Switchboard.Edge.Api.Operations.Performance;

internal static class PerformanceServices
{
    /// <summary>The edge reports itself, its webhook of SMS included, and reads the reports of the others.</summary>
    public static IServiceCollection AddPerformance(this IServiceCollection services)
    {
        services.AddOptions<SmsHealthOptions>().BindConfiguration(SmsHealthOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ProviderAddresses>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddProcessReports(ProcessServices.Edge)
            .AddQueueLag()
            .AddReportSection<RefusalStats>(provider =>
            {
                var memory = provider.GetRequiredService<ThrottledNumbers>();
                return () => RefusalStats.Of(memory);
            })
            .AddSingleton<RouteMeter>()
            .AddHostedService(provider => provider.GetRequiredService<RouteMeter>())
            .AddReportSection<RouteStats>(provider => provider.GetRequiredService<RouteMeter>().Read)
            .AddSlowRequests()
            .AddSingleton<SmsCacheClearing>()
            .AddHostedService(provider => provider.GetRequiredService<SmsCacheClearing>());
    }
}
