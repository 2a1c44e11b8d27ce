using Switchboard.Core.Performance;
using Switchboard.Edge.Api.Texts;

namespace Switchboard.Edge.Api.Performance;

internal static class PerformanceExtensions
{
    /// <summary>The edge reports itself, its webhook of texts included, and reads the reports of the others.</summary>
    public static IServiceCollection AddPerformance(this IServiceCollection services)
    {
        services.AddOptions<PerformanceOptions>().BindConfiguration(PerformanceOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ProviderAddresses>().BindConfiguration("").ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddProcessReports(ProcessServices.Edge)
            .AddReportSection<RefusalFigures>(provider =>
            {
                var memory = provider.GetRequiredService<RefusedNumbers>();
                return () => RefusalFigures.Of(memory);
            })
            .AddHostedService<RouteMeter>()
            .AddSingleton<TextCacheClearing>()
            .AddHostedService(provider => provider.GetRequiredService<TextCacheClearing>());
    }
}
