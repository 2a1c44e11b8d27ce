using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Limits;

/// <summary>Registration of <see cref="SlidingWindowLimiter"/> and <see cref="DistributedLock"/>.</summary>
public static class LimitsServiceCollectionExtensions
{
    /// <summary>Adds <see cref="SlidingWindowLimiter"/> and <see cref="DistributedLock"/>, over the registered Redis client.</summary>
    public static IServiceCollection AddSwitchboardLimits(this IServiceCollection services)
    {
        services.AddRedisLink();
        services.TryAddSingleton<SlidingWindowLimiter>();
        services.TryAddSingleton<DistributedLock>();
        return services;
    }
}
