using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Switchboard.Core.Redis;

internal static class RedisServiceCollectionExtensions
{
    /// <summary>Adds the one <see cref="RedisLink"/> of the process, over the registered <see cref="IConnectionMultiplexer"/>.</summary>
    public static IServiceCollection AddRedisLink(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RedisLink)))
            return services;
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new RedisLink(
            provider.GetRequiredService<IConnectionMultiplexer>,
            provider.GetRequiredService<IOptions<RedisOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisLink>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RedisLink>());
        return services;
    }
}
