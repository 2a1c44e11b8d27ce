using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using Switchboard.Core.Redis;

namespace Switchboard.Core.FeatureFlags;

/// <summary>Registration of the rollout of features.</summary>
public static class RolloutServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="FeatureRollout"/>, over <c>Microsoft.FeatureManagement</c>, whose <c>IFeatureManager</c> knows our flags too. A process
    /// that uses Redis (cache, limits) tells the others by it when a safety switch falls.
    /// </summary>
    public static IServiceCollection AddRollout(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(FeatureRollout)))
            return services;
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RolloutOptions>().BindConfiguration(RolloutOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<RolloutOptions>, RolloutOptionsValidator>();
        services.AddSingleton<RolloutFlags>();
        services.AddSingleton<RolloutDefinitions>();
        services.AddSingleton<IFeatureDefinitionProvider>(provider => provider.GetRequiredService<RolloutDefinitions>());
        services.AddFeatureManagement().AddFeatureFilter<AccountPercentageFilter>();
        services.AddSingleton<RolloutMetrics>();
        services.AddSingleton(Switches);
        services.AddSingleton(provider => new ShadowRunner(
            provider.GetRequiredService<IOptions<RolloutOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RolloutMetrics>(),
            provider.GetService<IHostApplicationLifetime>(),
            provider.GetRequiredService<ILogger<FeatureRollout>>()));
        services.AddSingleton(provider => new FeatureRollout(
            provider.GetRequiredService<IFeatureManager>(),
            provider.GetRequiredService<RolloutDefinitions>(),
            provider.GetRequiredService<RolloutFlags>(),
            provider.GetRequiredService<RolloutMetrics>(),
            provider.GetRequiredService<ShadowRunner>(),
            provider.GetRequiredService<IReadOnlyDictionary<string, FeatureCircuitBreaker>>(),
            provider.GetRequiredService<ILogger<FeatureRollout>>()));
        services.AddSingleton<IHostedService>(provider => new SharedBreakers(
            provider.GetRequiredService<IReadOnlyDictionary<string, FeatureCircuitBreaker>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<RedisConnection>()));
        return services;
    }

    private static IReadOnlyDictionary<string, FeatureCircuitBreaker> Switches(IServiceProvider provider) => Feature.All.ToDictionary(
        feature => feature.Flag,
        feature => new FeatureCircuitBreaker(
            feature.Flag,
            provider.GetRequiredService<IOptions<RolloutOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RolloutMetrics>(),
            provider.GetRequiredService<ILogger<FeatureRollout>>()));
}
