using System.Collections.Immutable;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Waits for what a resource depends on, and shows in its state for whom it still waits.</summary>
internal sealed class DependencyWaiter(ResourceNotificationService notifications)
{
    public static bool IsUnavailable(CustomResourceSnapshot snapshot) =>
        KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text) || snapshot.State?.Text == KnownResourceStates.RuntimeUnhealthy;

    public async Task WaitAsync(IResource resource, string instanceId, CancellationToken cancellationToken)
    {
        WaitAnnotation[] waits = [.. resource.Annotations.OfType<WaitAnnotation>().Where(wait => wait.Resource is not IResourceWithoutLifetime)];
        if (waits.Length == 0) return;

        var pending = waits.Select(wait => wait.Resource.Name).ToHashSet();
        await ShowAsync(resource, instanceId, pending);
        var waiting = waits.GroupBy(wait => wait.Resource.Name).Select(async group =>
        {
            await Task.WhenAll(group.Select(wait => WaitAsync(resource, wait, cancellationToken)));
            lock (pending) pending.Remove(group.Key);
            await ShowAsync(resource, instanceId, pending);
        });
        await Task.WhenAll(waiting);
    }

    private Task WaitAsync(IResource resource, WaitAnnotation wait, CancellationToken cancellationToken) =>
        Task.WhenAll(wait.Resource.GetInstanceNames().Select(instance => wait.WaitType == WaitType.WaitForCompletion
            ? CompletionAsync(resource, wait, instance, cancellationToken)
            : RunningAsync(resource, wait, instance, cancellationToken)));

    private async Task RunningAsync(IResource resource, WaitAnnotation wait, string instance, CancellationToken cancellationToken)
    {
        var stops = (wait.WaitBehavior ?? notifications.DefaultWaitBehavior) == WaitBehavior.StopOnResourceUnavailable;
        var reached = await ReachAsync(
            wait, instance, state => state.State?.Text == KnownResourceStates.Running || (stops && IsUnavailable(state)), cancellationToken);
        if (reached.State!.Text == KnownResourceStates.FailedToStart)
            throw new DistributedApplicationException($"Resource '{resource.Name}' stopped waiting for dependency resource '{instance}' because it failed to start.");
        if (reached.State.Text != KnownResourceStates.Running)
            throw new DistributedApplicationException($"Resource '{resource.Name}' stopped waiting for dependency resource '{instance}' because it entered the '{reached.State.Text}' state prematurely.");
        if (wait.WaitType == WaitType.WaitUntilStarted) return;

        await ReachAsync(wait, instance, state => state.HealthStatus == HealthStatus.Healthy, cancellationToken);
        reached = await ReachAsync(wait, instance, state => state.ResourceReadyEvent is not null, cancellationToken);
        await reached.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken);
    }

    private async Task CompletionAsync(IResource resource, WaitAnnotation wait, string instance, CancellationToken cancellationToken)
    {
        var reached = await ReachAsync(wait, instance, state => KnownResourceStates.TerminalStates.Contains(state.State?.Text), cancellationToken);
        if (reached.State!.Text == KnownResourceStates.FailedToStart)
            throw new DistributedApplicationException($"Resource '{resource.Name}' stopped waiting for dependency resource '{instance}' because it failed to start.");
        if (reached.ExitCode is { } exitCode && exitCode != wait.ExitCode)
            throw new DistributedApplicationException($"Resource '{resource.Name}' stopped waiting for dependency resource '{instance}' because it entered the '{reached.State.Text}' state with exit code '{exitCode}', expected '{wait.ExitCode}'.");
    }

    private async Task<CustomResourceSnapshot> ReachAsync(
        WaitAnnotation wait, string instance, Func<CustomResourceSnapshot, bool> predicate, CancellationToken cancellationToken)
    {
        var reached = await notifications.WaitForResourceAsync(
            wait.Resource.Name, e => e.ResourceId == instance && predicate(e.Snapshot), cancellationToken);
        return reached.Snapshot;
    }

    private Task ShowAsync(IResource resource, string instanceId, HashSet<string> pending)
    {
        string[] names;
        lock (pending) names = [.. pending.Order()];
        return notifications.PublishUpdateAsync(resource, instanceId, state => state with
        {
            State = names.Length > 0 ? KnownResourceStates.Waiting : KnownResourceStates.Starting,
            Properties = WithWaitingFor(state.Properties, names),
        });
    }

    private static ImmutableArray<ResourcePropertySnapshot> WithWaitingFor(ImmutableArray<ResourcePropertySnapshot> properties, string[] names)
    {
        var others = properties.Where(property => property.Name != KnownProperties.WaitingFor);
        return names.Length == 0 ? [.. others] : [.. others, new ResourcePropertySnapshot(KnownProperties.WaitingFor, names)];
    }
}
