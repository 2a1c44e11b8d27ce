using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Run;

/// <summary>Run mode: starts all resources at once, each waiting for what it needs; stops them in the opposite order.</summary>
internal sealed class ApplicationRunner(
    DistributedApplicationModel model, LocalRun run, InstanceFactory factory, Guardian guardian, EndpointAllocator endpoints,
    ResourceNotificationService notifications, IDistributedApplicationEventing eventing, IServiceProvider services) : IHostedService, IAsyncDisposable
{
    // together, and with what the host needs itself, under the 15 seconds after which a stop is no longer graceful
    private static readonly TimeSpan ProcessGrace = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan TotalGrace = TimeSpan.FromSeconds(13);

    private readonly List<ResourceInstance> _instances = [];

    public IReadOnlyList<ResourceInstance> Instances => _instances;

    /// <summary>All replicas of a resource, or the one of that id.</summary>
    public IReadOnlyList<ResourceInstance> Find(string resourceId) =>
        [.. _instances.Where(instance => Same(instance.Resource.Name, resourceId) || Same(instance.Id, resourceId))];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        IResource[] missing = [.. model.Resources.Where(resource => resource.TryGetLastAnnotation<LocalServer>(out var server) && server.FindProgram() is null)];
        if (missing.Length > 0) throw LaunchFactory.MissingServers(missing);

        run.Prepare();
        await guardian.StartAsync(cancellationToken);
        await eventing.PublishAsync(new BeforeStartEvent(services, model), cancellationToken);

        foreach (var resource in model.Resources.Where(resource => resource is ContainerResource or ProjectResource))
            _instances.AddRange(factory.Create(resource));
        endpoints.StartProxies();
        foreach (var resource in model.Resources.OfType<IResourceWithConnectionString>())
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(resource, services), cancellationToken);
        foreach (var parameter in model.Resources.OfType<ParameterResource>())
            await notifications.PublishUpdateAsync(parameter, state => state with { State = KnownResourceStates.Active });

        services.GetService<Dashboard>()?.Start();
        foreach (var instance in _instances) instance.Begin();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var started = factory.Time.GetTimestamp();
        foreach (var step in StopOrder())
        {
            var left = TotalGrace - factory.Time.GetElapsedTime(started);
            await Task.WhenAll(step.Select(instance =>
                instance.EndAsync(instance.Resource is ProjectResource && left > ProcessGrace ? ProcessGrace : left)));
        }

        if (services.GetService<Dashboard>() is { } dashboard) await dashboard.StopAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await endpoints.DisposeAsync();
        await guardian.DisposeAsync();
        foreach (var instance in _instances) instance.Dispose();
    }

    /// <summary>First who waits for others and is waited for by nobody, and so on; servers last.</summary>
    private IEnumerable<ResourceInstance[]> StopOrder()
    {
        var left = _instances.ToList();
        while (left.Count > 0)
        {
            var needed = left.SelectMany(instance => instance.Resource.Annotations.OfType<WaitAnnotation>()).Select(wait => wait.Resource).ToHashSet();
            ResourceInstance[] step = [.. left.Where(instance => !needed.Contains(instance.Resource))];
            if (step.Any(instance => instance.Resource is ProjectResource)) step = [.. step.Where(instance => instance.Resource is ProjectResource)];
            if (step.Length == 0) step = [.. left];
            left.RemoveAll(step.Contains);
            yield return step;
        }
    }

    private static bool Same(string name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
