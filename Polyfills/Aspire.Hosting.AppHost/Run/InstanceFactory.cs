using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;

namespace Aspire.Hosting.Run;

/// <summary>What all instances use, and makes them.</summary>
internal sealed record InstanceFactory(
    ResourceNotificationService Notifications, ResourceLoggerService Loggers, IDistributedApplicationEventing Eventing, LaunchFactory Launches,
    Guardian Guardian, HealthMonitor Health, EndpointAllocator Endpoints, DistributedApplicationModel Model, IServiceProvider Services, TimeProvider Time)
{
    /// <summary>The instances of a resource that runs as processes.</summary>
    public IEnumerable<ResourceInstance> Create(IResource resource)
    {
        IResource[] children = [.. Model.Resources.OfType<IResourceWithParent>().Where(child => child.Parent == resource)];
        return resource.GetInstanceNames().Zip(Endpoints.Allocate(resource), (id, ports) => new ResourceInstance(resource, id, ports, children, this));
    }
}
