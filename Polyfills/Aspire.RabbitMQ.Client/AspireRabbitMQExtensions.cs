using Aspire;
using Aspire.RabbitMQ.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects a process to RabbitMQ.</summary>
public static class AspireRabbitMQExtensions
{
    private const string SectionName = "Aspire:RabbitMQ:Client";

    /// <summary>
    /// Registers <see cref="IConnectionFactory"/> and <see cref="IConnection"/>, the health check <c>RabbitMQ.Client</c>,
    /// the client's log and its traces.
    /// </summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">The name of the connection string.</param>
    /// <param name="configureSettings">Called after the configuration is read.</param>
    /// <param name="configureConnectionFactory">Called on the factory that <c>Aspire:RabbitMQ:Client:ConnectionFactory</c>
    /// and the connection string gave.</param>
    /// <remarks>The connection is made when it is first asked for; the caller waits, through the retries too.</remarks>
    public static void AddRabbitMQClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<RabbitMQClientSettings>? configureSettings = null,
        Action<ConnectionFactory>? configureConnectionFactory = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var section = builder.Configuration.GetSection(SectionName);
        var settings = new RabbitMQClientSettings();
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = builder.Configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        configureSettings?.Invoke(settings);

        builder.Services.TryAddSingleton<RabbitMQEventSourceLogForwarder>();
        builder.Services.AddSingleton<IConnectionFactory>(sp =>
        {
            sp.GetRequiredService<RabbitMQEventSourceLogForwarder>().Start();
            return CreateFactory(section, connectionName, settings, configureConnectionFactory);
        });
        builder.Services.AddSingleton(
            sp => RabbitMQConnector.Connect(sp.GetRequiredService<IConnectionFactory>(), settings.MaxConnectRetryCount));
        if (!settings.DisableAutoActivation)
            builder.Services.AddHostedService<SingletonActivation<IConnection>>();

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry()
                .WithTracing(t => t.AddSource(RabbitMQConnector.ActivitySourceName).AddSource("RabbitMQ.Client.*"));

        if (!settings.DisableHealthChecks)
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                "RabbitMQ.Client", sp => new RabbitMQHealthCheck(sp), failureStatus: null, tags: null));
    }

    private static ConnectionFactory CreateFactory(
        IConfigurationSection section, string connectionName, RabbitMQClientSettings settings, Action<ConnectionFactory>? configure)
    {
        var factory = new ConnectionFactory();
        section.GetSection("ConnectionFactory").Bind(factory);
        section.GetSection(connectionName).GetSection("ConnectionFactory").Bind(factory);

        if (!string.IsNullOrEmpty(settings.ConnectionString))
            factory.Uri = new Uri(settings.ConnectionString);

        configure?.Invoke(factory);
        return factory;
    }
}
