using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Switchboard.Core.Jobs;
using Switchboard.Core.Redis;
using Switchboard.Core.Redis.Caching;
using Switchboard.Core.Redis.Limits;

namespace Switchboard.Core.Diagnostics;

/// <summary>Adds the reports of processes. A process must have an <see cref="NpgsqlDataSource"/>.</summary>
public static class ProcessReportServices
{
    /// <summary>
    /// This process reports itself, and can read the others' reports (<see cref="ProcessReports"/>). To be called before anything that
    /// connects while the process starts: connections are followed from then on.
    /// </summary>
    /// <param name="services">The process's services.</param>
    /// <param name="service">What it is: one of <see cref="ProcessServices"/>.</param>
    public static IServiceCollection AddProcessReports(this IServiceCollection services, string service)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<DatabasePoolMeter>();
        services.AddSingleton<HttpConnectionMeter>();
        services.AddSingleton<RedisMeter>();
        services.AddSingleton<RequestCounters>();
        services.AddReportSection<DatabaseStats>(provider => provider.GetRequiredService<DatabasePoolMeter>().Read);
        services.AddReportSection<HttpStats>(provider => provider.GetRequiredService<HttpConnectionMeter>().Read);
        services.AddReportSection<RedisStats>(provider => provider.GetRequiredService<RedisMeter>().Read);
        services.AddReportSection<RequestStats>(provider => provider.GetRequiredService<RequestCounters>().Read);
        services.AddReportSection<CacheStats>(provider =>
        {
            var caches = provider.GetService<CacheStatistics>();
            return () => caches is null ? null : new(caches.Read());
        });
        services.AddReportSection<BrokerStats>(provider =>
        {
            var publisher = provider.GetService<JobPublisher>();
            return () => publisher is null ? null : new(publisher.IsConnected);
        });
        services.AddReportSection<LimitStats>(provider =>
        {
            var limits = provider.GetService<LayeredLimitStatistics>();
            return limits is null ? () => null : new LimitMeter(limits.Read, provider.GetRequiredService<TimeProvider>()).Read;
        });
        services.AddSingleton(provider => new ReportedProcess(
            service, provider.GetServices<ReportSection>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ProcessReports(
            provider.GetRequiredService<ReportedProcess>(),
            provider.GetRequiredService<NpgsqlDataSource>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddMetrics();
        services.AddSingleton(provider => new ServerMetrics(
            provider.GetService<RedisConnection>(),
            provider.GetService<JobPublisher>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ProcessReporter>();
        services.AddServerChecks();
        return services;
    }

    /// <summary>This process counts the mails that it records with a <see cref="MailCounter"/>, and reports how many there were.</summary>
    public static IServiceCollection AddMailCounter(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(MailCounter)))
            return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<MailCounter>();
        return services.AddReportSection<MailStats>(provider => provider.GetRequiredService<MailCounter>().Read);
    }

    /// <summary>Adds stats to the report of this process.</summary>
    /// <param name="services">The process's services.</param>
    /// <param name="section">
    /// Finds what reads them, once; each reading is quick, does not throw, and gives null when there are none.
    /// </param>
    public static IServiceCollection AddReportSection<TStats>(
        this IServiceCollection services, Func<IServiceProvider, Func<TStats?>> section)
        where TStats : class, IStats =>
        services.AddSingleton(provider => new ReportSection(TStats.Section, section(provider)));
}
