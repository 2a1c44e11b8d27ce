using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Switchboard.Core.Redis.Locks;

namespace Switchboard.Core.Redis.Limits;

/// <summary>How the limits of calls to providers are kept; section <c>Limits</c>.</summary>
public sealed class LimitOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Limits";

    /// <summary>How long Postgres may take for one answer before it counts as unavailable.</summary>
    [Range(1, 60)]
    public int PostgresTimeoutSeconds { get; set; } = 2;

    /// <summary>How often, in milliseconds, a limit that was reached is asked for again.</summary>
    [Range(10, 60_000)]
    public int AskAgainMs { get; set; } = 1_000;

    /// <summary>
    /// How long a slot of a concurrent call is held without being renewed: for so long a process that died keeps its slots, and
    /// for at most so long no slot is granted after Redis died.
    /// </summary>
    [Range(1, 300)]
    public int SlotSeconds { get; set; } = 15;
}

/// <summary>Registration of limits and locks.</summary>
public static class LimitServices
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
            provider.GetRequiredService<IMeterFactory>(),
            provider.GetRequiredService<ILogger<ConcurrencyLimiter>>()));
        return services;
    }
}

/// <summary>The process's own clock, which is never set, in microseconds.</summary>
internal static class LimitClock
{
    public static long NowMicros(this TimeProvider timeProvider) => (long)timeProvider.GetElapsedTime(0).TotalMicroseconds;

    public static long Micros(this TimeSpan span) => (long)span.TotalMicroseconds;
}
