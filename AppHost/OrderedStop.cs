using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Switchboard.AppHost.LocalServers;

namespace Switchboard.AppHost;

/// <summary>
/// Stops the application in order: its processes while their servers still answer, so that each can finish what it holds, then the local
/// servers. The control plane, which would stop all at once, finds nothing left to do. What does not stop in time is left to it.
/// </summary>
internal sealed partial class OrderedStop(
    DistributedApplicationModel model,
    ResourceCommandService commands,
    ResourceNotificationService notifications,
    ILogger<OrderedStop> logger) : IHostedService
{
    private static readonly TimeSpan ProcessTimeout = TimeSpan.FromSeconds(5);

    // RabbitMQ's management plugin alone waits 5 s before it ends (3.10 to 3.12)
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(9);

    private const string TooLong = "it takes too long";

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await StopAllAsync([.. model.Resources.OfType<ProjectResource>()], ProcessTimeout, cancellationToken);
        LocalServer[] servers = [.. model.Resources.OfType<LocalServer>()];
        await StopAllAsync(servers, ServerTimeout, cancellationToken);
        foreach (var server in servers.Take(1))
            server.Data.DeleteTemporary();
    }

    private async Task StopAllAsync(IResource[] resources, TimeSpan stepTimeout, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(stepTimeout);
        await Task.WhenAll(resources.Where(IsRunning).Select(resource => StopAsync(resource, timeout.Token)));
    }

    private bool IsRunning(IResource resource) => !(notifications.TryGetCurrentState(resource.Name, out var current)
        && current.Snapshot.State?.Text is { } state && KnownResourceStates.TerminalStates.Contains(state));

    private async Task StopAsync(IResource resource, CancellationToken cancellationToken)
    {
        try
        {
            var result = await commands.ExecuteCommandAsync(resource, KnownResourceCommands.StopCommand, cancellationToken);
            if (!result.Success) LogNotStopped(logger, resource.Name, result.Canceled ? TooLong : result.Message);
        }
        catch (OperationCanceledException)
        {
            LogNotStopped(logger, resource.Name, TooLong);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Resource} was not stopped in order: {Reason}")]
    private static partial void LogNotStopped(ILogger logger, string resource, string? reason);
}

internal static class OrderedStopExtensions
{
    /// <summary>Stops processes before servers when the AppHost ends.</summary>
    // services are stopped in reverse order, so this one comes before those of Aspire
    public static void StopInOrder(this IDistributedApplicationBuilder builder) => builder.Services.AddHostedService<OrderedStop>();
}
