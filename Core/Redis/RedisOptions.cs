using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection.Extensions;
using StackExchange.Redis;

namespace Switchboard.Core.Redis;

/// <summary>How a process deals with Redis; section <c>Redis</c>.</summary>
public sealed class RedisOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Redis";

    /// <summary>
    /// How long one command may take, in milliseconds; one that takes longer counts as unanswered. On a busy machine it is longer, by
    /// as much as the process's own timer is late, and at most four times as long.
    /// </summary>
    [Range(10, 10_000)]
    public int RedisTimeoutMs { get; set; } = 250;

    /// <summary>The time between two heartbeats, in milliseconds.</summary>
    [Range(10, 400)]
    public int HeartbeatMs { get; set; } = 250;

    /// <summary>
    /// How long Redis may leave heartbeats unanswered before it counts as unavailable, in milliseconds of the process's own timer:
    /// on a busy machine, where that is late, it takes longer. A lost connection counts at once.
    /// </summary>
    [Range(500, 30_000)]
    public int DownAfterMs { get; set; } = 2_000;

    /// <summary>The time without an echo of a heartbeat after which published messages may have been missed, in milliseconds.</summary>
    [Range(100, 900)]
    public int TrustMs { get; set; } = 800;

    /// <summary>Stands before every key and channel.</summary>
    [Required]
    public string KeyPrefix { get; set; } = "switchboard:";

    /// <summary>
    /// Has the client run on the process's thread pool. By default it has ten threads of its own that are woken for each command and each
    /// answer, which was a tenth of the edge's CPU with one command a request. Nothing here waits for Redis on a thread of the pool but the
    /// first connect.
    /// </summary>
    public static void OnThreadPool(ConfigurationOptions client) => client.SocketManager = SocketManager.ThreadPool;
}

internal static class RedisServices
{
    /// <summary>Adds the process's <see cref="RedisConnection"/>, over the registered <see cref="IConnectionMultiplexer"/>.</summary>
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
