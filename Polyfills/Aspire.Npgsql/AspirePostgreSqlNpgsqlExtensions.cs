using System.Data.Common;
using Aspire;
using Aspire.Npgsql;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Microsoft.Extensions.Hosting;

/// <summary>Connects a process to Postgres.</summary>
public static class AspirePostgreSqlNpgsqlExtensions
{
    private const string SectionName = "Aspire:Npgsql";

    /// <summary>
    /// Registers <see cref="NpgsqlDataSource"/> (and, from it, <see cref="DbDataSource"/>, <see cref="NpgsqlConnection"/> and
    /// <see cref="DbConnection"/>), the health check <c>PostgreSql</c>, and Npgsql's traces and metrics.
    /// </summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="connectionName">The name of the connection string.</param>
    /// <param name="configureSettings">Called after the configuration is read.</param>
    /// <param name="configureDataSourceBuilder">Called when the data source is made.</param>
    /// <remarks>A missing connection string is an <see cref="InvalidOperationException"/> when the data source is first asked for.</remarks>
    public static void AddNpgsqlDataSource(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<NpgsqlSettings>? configureSettings = null,
        Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var settings = ReadSettings(builder.Configuration, connectionName);
        configureSettings?.Invoke(settings);

        AddServices(builder.Services, settings, connectionName, configureDataSourceBuilder);

        if (!settings.DisableHealthChecks)
            builder.TryAddHealthCheck(new HealthCheckRegistration(
                "PostgreSql", sp => new NpgSqlHealthCheck(sp.GetRequiredService<NpgsqlDataSource>()), failureStatus: null, tags: null));

        if (!settings.DisableTracing)
            builder.Services.AddOpenTelemetry().WithTracing(t => t.AddSource("Npgsql"));

        if (!settings.DisableMetrics)
            builder.Services.AddOpenTelemetry().WithMetrics(m => m.AddMeter("Npgsql"));
    }

    private static NpgsqlSettings ReadSettings(IConfiguration configuration, string connectionName)
    {
        var settings = new NpgsqlSettings();
        var section = configuration.GetSection(SectionName);
        section.Bind(settings);
        section.GetSection(connectionName).Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static void AddServices(
        IServiceCollection services, NpgsqlSettings settings, string connectionName, Action<NpgsqlDataSourceBuilder>? configure)
    {
        services.TryAddSingleton(sp =>
        {
            // Not sooner: an error now has a logger to be written to.
            if (string.IsNullOrWhiteSpace(settings.ConnectionString))
                throw new InvalidOperationException(
                    $"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' " +
                    $"or under the 'ConnectionString' key in '{SectionName}' configuration section.");

            var dataSourceBuilder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
            dataSourceBuilder.UseLoggerFactory(sp.GetService<ILoggerFactory>());
            configure?.Invoke(dataSourceBuilder);
            return dataSourceBuilder.Build();
        });
        services.TryAddSingleton<DbDataSource>(sp => sp.GetRequiredService<NpgsqlDataSource>());
        services.TryAddTransient(sp => sp.GetRequiredService<NpgsqlDataSource>().CreateConnection());
        services.TryAddTransient<DbConnection>(sp => sp.GetRequiredService<NpgsqlConnection>());
    }
}
