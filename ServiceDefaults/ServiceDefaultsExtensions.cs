using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Switchboard.ServiceDefaults;
using Switchboard.ServiceDefaults.Health;
using Switchboard.ServiceDefaults.Http;
using Switchboard.ServiceDefaults.Metrics;

namespace Microsoft.Extensions.Hosting;

/// <summary>What each process of the product has in common: a settings file, telemetry, health, HTTP in and out, and how it
/// stops.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>How long a process may take to finish what it has taken; the app host waits 15 s before it kills.</summary>
    public static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(12);

    /// <summary>
    /// Adds the defaults. To be called before the clients of Postgres, Redis and RabbitMQ are added,
    /// because it also sets the defaults of their settings.
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);

        builder.AddSettingsFile();
        builder.AddTelemetry();
        builder.AddHealthDefaults();
        builder.AddHttpClientDefaults();
        builder.Services.AddJsonDefaults();
        builder.Services.AddProblemDefaults();
        builder.Services.Configure<HostOptions>(host =>
        {
            host.ShutdownTimeout = ShutdownTimeout;
            host.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        builder.Services.AddHostedService<FailureExitCode>();
        return builder;
    }

    /// <summary>
    /// Maps <c>/health</c> (every check) and <c>/alive</c> (the process itself), which say one word to anyone, and for operators
    /// <c>/metrics</c> (Prometheus) and why a check fails: see <see cref="ManagementOptions"/>. What asks them has no key.
    /// </summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);

        app.MapHealth();
        app.MapPrometheus();
        return app;
    }
}

/// <summary>
/// Ends the process with exit code 1 when one of its background services failed. The host stops then, but by itself it ends with 0,
/// which says to whoever runs it that it is not to be started again.
/// </summary>
internal sealed class FailureExitCode(IServiceProvider services, IHostApplicationLifetime lifetime) : IHostedService
{
    public const int Failed = 1;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() =>
        {
            if (services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true }))
                Environment.ExitCode = Failed;
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
