using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Run;

/// <summary>Runs the health checks of a running resource, and says once when it is ready.</summary>
internal sealed class HealthMonitor(
    HealthCheckService checks, ResourceNotificationService notifications, IDistributedApplicationEventing eventing,
    ResourceLoggerService loggers, IServiceProvider services, TimeProvider time)
{
    private static readonly TimeSpan WhileUnhealthy = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan WhileHealthy = TimeSpan.FromSeconds(5);

    /// <summary>The reports of checks that have not run: a resource is unhealthy until each has passed.</summary>
    public static ImmutableArray<HealthReportSnapshot> NotYet(IResource resource) =>
        [.. resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => new HealthReportSnapshot(check.Key, null, null, null))];

    /// <summary>Goes on until cancelled.</summary>
    public async Task WatchAsync(IResource resource, string instanceId, CancellationToken cancellationToken)
    {
        var keys = resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key).ToHashSet();
        var isReady = false;
        if (resource is IResourceWithParent child) // a database is made when its server is ready
            await notifications.WaitForResourceHealthyAsync(child.Parent.Name, WaitBehavior.WaitOnResourceUnavailable, cancellationToken);
        while (true)
        {
            var isHealthy = keys.Count == 0 || await CheckAsync(resource, instanceId, keys, cancellationToken);
            if (isHealthy && !isReady)
            {
                isReady = true;
                var ready = ReadyAsync(resource, cancellationToken);
                await notifications.PublishUpdateAsync(resource, instanceId, state => state with { ResourceReadyEvent = new EventSnapshot(ready) });
            }

            if (keys.Count == 0) return;
            await Task.Delay(isHealthy ? WhileHealthy : WhileUnhealthy, time, cancellationToken);
        }
    }

    private async Task<bool> CheckAsync(IResource resource, string instanceId, HashSet<string> keys, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
        var at = time.GetUtcNow().UtcDateTime;
        await notifications.PublishUpdateAsync(resource, instanceId, state => state.State?.Text != KnownResourceStates.Running ? state : state with
        {
            HealthReports =
            [
                .. report.Entries.Select(entry => new HealthReportSnapshot(
                    entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.ToString()) { LastRunAt = at }),
            ],
        });
        return report.Status == HealthStatus.Healthy;
    }

    private async Task ReadyAsync(IResource resource, CancellationToken cancellationToken)
    {
        // the state is published first; who waits for the resource waits for this too
        await Task.Yield();
        try
        {
            await eventing.PublishAsync(new ResourceReadyEvent(resource, services), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            ResourceLog.ReadyFailed(loggers.GetLogger(resource), exception, resource.Name);
            throw;
        }
    }
}
