using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Switchboard.Core.Redis;

internal static class RedisServiceCollectionExtensions
{
    /// <summary>Adds the one <see cref="RedisConnection"/> of the process, over the registered <see cref="IConnectionMultiplexer"/>.</summary>
    public static IServiceCollection AddRedisConnection(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(RedisConnection)))
            return services;
        services.AddOptions<RedisOptions>().BindConfiguration(RedisOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new RedisConnection(
            provider.GetRequiredService<IConnectionMultiplexer>,
            provider.GetRequiredService<IOptions<RedisOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RedisConnection>>()));
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<RedisConnection>());
        return services;
    }
}
