using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.FeatureManagement;
using Switchboard.Core.Redis;

namespace Switchboard.Core.FeatureFlags;

/// <summary>Registration of the rollout of features.</summary>
public static class RolloutServices
{
    /// <summary>
    /// Adds <see cref="FeatureRollout"/>, over <c>Microsoft.FeatureManagement</c>, whose <c>IFeatureManager</c> knows our flags too.
    /// A process that uses Redis (cache, limits) tells the others by it when a circuit breaker opens.
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
        services.AddSingleton(Breakers);
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

    private static IReadOnlyDictionary<string, FeatureCircuitBreaker> Breakers(IServiceProvider provider) => Feature.All.ToDictionary(
        feature => feature.Flag,
        feature => new FeatureCircuitBreaker(
            feature.Flag,
            provider.GetRequiredService<IOptions<RolloutOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<RolloutMetrics>(),
            provider.GetRequiredService<ILogger<FeatureRollout>>()));
}

/// <summary>
/// The circuit breakers and the shadows; section <c>Rollout</c>. The flags themselves have flat names (<see cref="Feature.Flag"/>).
/// </summary>
public sealed class RolloutOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Rollout";

    /// <summary>After how many failures in a row an optimisation is turned off.</summary>
    [Range(1, 1_000)]
    public int FailuresInARow { get; set; } = 5;

    /// <summary>For how long it is then off, before one call tries it again.</summary>
    [Range(1, 86_400)]
    public int OffSeconds { get; set; } = 300;

    /// <summary>How many shadows run at the same time in the process, of all features; above that calls go without.</summary>
    [Range(1, 1_000)]
    public int ConcurrentShadows { get; set; } = 4;

    /// <summary>After how long a shadow is ended.</summary>
    [Range(1, 600)]
    public int ShadowTimeoutSeconds { get; set; } = 30;

    /// <summary>The time between two log lines about differences of one feature; all are counted.</summary>
    [Range(0, 3_600)]
    public int DifferenceLogSeconds { get; set; } = 1;
}

/// <summary>Stops the start when a flag has a value that cannot be read.</summary>
internal sealed class RolloutOptionsValidator(IConfiguration configuration) : IValidateOptions<RolloutOptions>
{
    public ValidateOptionsResult Validate(string? name, RolloutOptions options) =>
        FlagReader.Read(configuration).Problems is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
