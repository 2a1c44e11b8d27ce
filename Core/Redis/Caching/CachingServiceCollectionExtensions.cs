using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Switchboard.Core.Security;

namespace Switchboard.Core.Redis.Caching;

/// <summary>Registration of the cache.</summary>
public static class CachingServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="HybridCache"/> and <see cref="CacheStatistics"/>, over the registered Redis client.
    /// To be called once, with all namespaces of the process.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Lists the namespaces.</param>
    public static IServiceCollection AddSwitchboardCache(this IServiceCollection services, Action<CacheBuilder> configure)
    {
        var builder = new CacheBuilder();
        configure(builder);
        var options = new CacheOptions(builder.Namespaces.ToDictionary(space => space.Name));
        services.AddMetrics();
        services.AddRedisConnection();
        if (builder.Namespaces.Any(space => space.Encrypted))
            services.AddSecretProtector();
        services.AddSingleton(provider => new SwitchboardCache(
            options,
            provider.GetRequiredService<RedisConnection>(),
            provider.GetService<SecretProtector>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<SwitchboardCache>>()));
        services.AddSingleton<HybridCache>(provider => provider.GetRequiredService<SwitchboardCache>());
        services.AddSingleton(provider => provider.GetRequiredService<SwitchboardCache>().Statistics);
        return services;
    }
}
