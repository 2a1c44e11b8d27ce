using Aspire;
using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects a process to Redis.</summary>
public static class AspireRedisExtensions
{
    private const string SectionName = "Aspire:StackExchange:Redis";

    /// <summary>Registers <see cref="IConnectionMultiplexer"/>, the health check <c>StackExchange.Redis</c>, and traces.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">The name of the connection string.</param>
    /// <param name="configureSettings">Called after the configuration is read.</param>
    /// <param name="configureOptions">Called on the options that the connection string and
    /// <c>Aspire:StackExchange:Redis:ConfigurationOptions</c> gave.</param>
    /// <remarks>That no endpoint is configured is an <see cref="InvalidOperationException"/> when the connection is first asked for.</remarks>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var section = builder.Configuration.GetSection(SectionName);
        var settings = ReadSettings(builder.Configuration, section, connectionName);
        configureSettings?.Invoke(settings);

        AddOptions(builder.Services, settings, section, connectionName, configureOptions);
        builder.Services.AddSingleton<IConnectionMultiplexer>(sp => Connect(sp, connectionName));
        if (!settings.DisableAutoActivation)
            builder.Services.AddHostedService<SingletonActivation<IConnectionMultiplexer>>();

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource("OpenTelemetry.Instrumentation.StackExchangeRedis"));

        if (!settings.DisableHealthChecks)
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                "StackExchange.Redis", sp => new RedisHealthCheck(sp), failureStatus: null, tags: null));
    }

    private static StackExchangeRedisSettings ReadSettings(
        IConfiguration configuration, IConfigurationSection section, string connectionName)
    {
        var settings = new StackExchangeRedisSettings();
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static void AddOptions(
        IServiceCollection services,
        StackExchangeRedisSettings settings,
        IConfigurationSection section,
        string connectionName,
        Action<ConfigurationOptions>? configureOptions)
    {
        services.TryAddTransient<IOptionsFactory<ConfigurationOptions>>(
            sp => ActivatorUtilities.CreateInstance<ConfigurationOptionsFactory>(sp, settings));
        services.Configure<ConfigurationOptions>(options =>
        {
            section.GetSection("ConfigurationOptions").Bind(options);
            section.GetSection(connectionName).GetSection("ConfigurationOptions").Bind(options);
            configureOptions?.Invoke(options);
        });
    }

    private static ConnectionMultiplexer Connect(IServiceProvider services, string connectionName)
    {
        var options = services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;
        if (options.EndPoints.Count == 0)
            throw new InvalidOperationException(
                $"No endpoints specified. Ensure a valid connection string was provided in 'ConnectionStrings:{connectionName}' " +
                $"or for the '{SectionName}:ConnectionString' configuration key.");

        return ConnectionMultiplexer.Connect(options);
    }
}
