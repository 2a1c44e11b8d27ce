using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Core.Redis.Limits;

/// <summary>Registration of limits and locks.</summary>
public static class LimitsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="SlidingWindowLimiter"/> and <see cref="DistributedLock"/>, over the registered Redis client.</summary>
    public static IServiceCollection AddSwitchboardLimits(this IServiceCollection services)
    {
        services.AddRedisConnection();
        services.TryAddSingleton<SlidingWindowLimiter>();
        services.TryAddSingleton<DistributedLock>();
        return services;
    }

    /// <summary>
    /// Adds <see cref="LayeredLimiter"/> and <see cref="ConcurrencyLimiter"/>, for calls to a provider, over the registered clients of
    /// Redis and Postgres.
    /// </summary>
    public static IServiceCollection AddProviderLimits(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(LayeredLimiter)))
            return services;
        services.AddMetrics();
        services.AddRedisConnection();
        services.AddOptions<LimitOptions>().BindConfiguration(LimitOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<PermitPool>();
        services.AddSingleton<RecordedWindows>();
        services.AddSingleton<PermitLayers>();
        services.AddSingleton(provider => new LayeredLimiter(
            provider.GetRequiredService<PermitLayers>(),
            provider.GetRequiredService<IOptions<LimitOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            new LayeredLimitStatistics(provider.GetRequiredService<IMeterFactory>())));
        services.AddSingleton(provider => provider.GetRequiredService<LayeredLimiter>().Statistics);
        services.AddHostedService<PermitReturns>();
        services.AddSingleton<SlotPool>();
        services.AddSingleton<RecordedSlots>();
        services.AddSingleton<SlotKeeper>();
        services.AddSingleton(provider => new ConcurrencyLimiter(
            provider.GetRequiredService<SlotKeeper>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IMeterFactory>()));
        return services;
    }
}
