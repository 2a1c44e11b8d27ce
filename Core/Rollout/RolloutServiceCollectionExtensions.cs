using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement;
using Switchboard.Core.Redis;

namespace Switchboard.Core.Rollout;

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
        services.AddSingleton(provider => new Shadows(
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
            provider.GetRequiredService<Shadows>(),
            provider.GetRequiredService<IReadOnlyDictionary<string, SafetySwitch>>(),
            provider.GetRequiredService<ILogger<FeatureRollout>>()));
        services.AddSingleton<IHostedService>(provider => new SharedSwitches(
            provider.GetRequiredService<IReadOnlyDictionary<string, SafetySwitch>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<RedisLink>()));
        return services;
    }

    private static IReadOnlyDictionary<string, SafetySwitch> Switches(IServiceProvider provider) => Feature.All.ToDictionary(
        feature => feature.Flag,
        feature => new SafetySwitch(
            feature.Flag,
            provider.GetRequiredService<IOptions<RolloutOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RolloutMetrics>(),
            provider.GetRequiredService<ILogger<FeatureRollout>>()));
}
