using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Knows the state of each resource, and tells those who wait for one.</summary>
public class ResourceNotificationService : IDisposable
{
    private readonly DistributedApplicationModel _model;
    private readonly ConcurrentDictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<ChannelWriter<ResourceEvent>> _watchers = [];
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _lock = new();

    public ResourceNotificationService(DistributedApplicationModel model, IOptions<ResourceNotificationServiceOptions> options)
    {
        _model = model;
        DefaultWaitBehavior = options.Value.DefaultWaitBehavior;
    }

    internal WaitBehavior DefaultWaitBehavior { get; }

    /// <summary>Waits until the resource is in that state, <see cref="KnownResourceStates.Running"/> unless said otherwise.</summary>
    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, [targetState ?? KnownResourceStates.Running], cancellationToken);

    /// <summary>Waits until the resource is in one of the states; says which.</summary>
    public async Task<string> WaitForResourceAsync(string resourceName, IEnumerable<string> targetStates, CancellationToken cancellationToken = default)
    {
        string[] wanted = [.. targetStates];
        var reached = await WaitForResourceAsync(
            resourceName, e => wanted.Contains(e.Snapshot.State?.Text, StringComparer.OrdinalIgnoreCase), cancellationToken);
        return reached.Snapshot.State!.Text;
    }

    /// <summary>Waits until something is true of the resource.</summary>
    public async Task<ResourceEvent> WaitForResourceAsync(
        string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            await foreach (var resourceEvent in WatchAsync(either.Token))
            {
                if (string.Equals(resourceEvent.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase) && predicate(resourceEvent))
                    return resourceEvent;
            }
        }
        catch (OperationCanceledException exception)
        {
            var state = TryGetCurrentState(resourceName, out var last) ? last.Snapshot.State?.Text : "unknown";
            throw new OperationCanceledException($"Stopped waiting for resource '{resourceName}', whose state is {state}.", exception, cancellationToken);
        }

        throw new OperationCanceledException($"Stopped waiting for resource '{resourceName}': the application is gone.");
    }

    /// <summary>Waits until the resource runs, its health checks pass, and what was to happen then is done.</summary>
    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, DefaultWaitBehavior, cancellationToken);

    /// <inheritdoc cref="WaitForResourceHealthyAsync(string, CancellationToken)"/>
    /// <exception cref="DistributedApplicationException">There is no such resource, or it failed and the behaviour is to stop then.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(
        string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var stops = waitBehavior == WaitBehavior.StopOnResourceUnavailable;
        if (stops && !_model.Resources.Any(resource => string.Equals(resource.Name, resourceName, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it does not exist in the application model.");

        var reached = await WaitForResourceAsync(
            resourceName, e => e.Snapshot.HealthStatus == HealthStatus.Healthy || (stops && DependencyWaiter.IsUnavailable(e.Snapshot)), cancellationToken);
        if (reached.Snapshot.HealthStatus != HealthStatus.Healthy)
            throw new DistributedApplicationException($"Stopped waiting for resource '{resourceName}' to become healthy because it failed to start.");

        reached = await WaitForResourceAsync(
            resourceName, e => e.ResourceId == reached.ResourceId && e.Snapshot.ResourceReadyEvent is not null, cancellationToken);
        await reached.Snapshot.ResourceReadyEvent!.EventTask.WaitAsync(cancellationToken);
        return reached;
    }

    /// <summary>Waits for all that the resource is said to wait for.</summary>
    public Task WaitForDependenciesAsync(IResource resource, CancellationToken cancellationToken) =>
        new DependencyWaiter(this).WaitAsync(resource, resource.Name, cancellationToken);

    /// <summary>The states of now, then each change.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (var resourceEvent in _current.Values) channel.Writer.TryWrite(resourceEvent);
            _watchers.Add(channel.Writer);
        }

        try
        {
            await foreach (var resourceEvent in channel.Reader.ReadAllAsync(cancellationToken))
                yield return resourceEvent;
        }
        finally
        {
            lock (_lock) _watchers.Remove(channel.Writer);
        }
    }

    /// <summary>The state of a resource with one process, or of a replica.</summary>
    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        if (_current.TryGetValue(resourceId, out resourceEvent)) return true;

        // by the resource's name, when there is only one replica to mean
        ResourceEvent[] replicas = [.. _current.Values.Where(e => string.Equals(e.Resource.Name, resourceId, StringComparison.OrdinalIgnoreCase))];
        resourceEvent = replicas.Length == 1 ? replicas[0] : null;
        return resourceEvent is not null;
    }

    /// <summary>Changes the state of a resource, that is of each of its replicas.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        foreach (var instance in resource.GetInstanceNames())
            await PublishUpdateAsync(resource, instance, stateFactory);
    }

    /// <summary>Changes the state of a resource or of one replica, and tells who watches.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        lock (_lock)
        {
            var before = _current.TryGetValue(resourceId, out var known)
                ? known.Snapshot
                : new CustomResourceSnapshot { ResourceType = TypeOf(resource), Properties = [] };
            var after = stateFactory(before);
            if (ReferenceEquals(before, after)) return Task.CompletedTask;

            var resourceEvent = new ResourceEvent(resource, resourceId, after);
            _current[resourceId] = resourceEvent;
            foreach (var watcher in _watchers) watcher.TryWrite(resourceEvent);
        }

        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    private static string TypeOf(IResource resource) => resource switch
    {
        ProjectResource => "Project",
        ContainerResource => "Container",
        ParameterResource => "Parameter",
        _ => resource.GetType().Name.Replace("Resource", ""),
    };
}
