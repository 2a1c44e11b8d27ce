using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Hosting;

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
