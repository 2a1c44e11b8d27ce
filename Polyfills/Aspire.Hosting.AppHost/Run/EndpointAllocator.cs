using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Run;

/// <summary>
/// Gives each endpoint its address. One process listens on the endpoint's port itself;
/// replicas get a port each, with a proxy on the endpoint's port in front of them.
/// </summary>
internal sealed class EndpointAllocator(LocalRun run) : IAsyncDisposable
{
    private readonly List<TcpProxy> _proxies = [];

    /// <summary>Allocates all endpoints of a resource; gives the ports that each of its instances listens on.</summary>
    public IReadOnlyList<IReadOnlyDictionary<EndpointAnnotation, int>> Allocate(IResource resource)
    {
        var instances = resource.GetInstanceNames().Select(name => (Name: name, Ports: new Dictionary<EndpointAnnotation, int>())).ToArray();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(endpoint => endpoint.Protocol == ProtocolType.Tcp))
        {
            var port = endpoint.Port is { } wanted and not 0 && !run.RandomizePorts ? wanted : run.Ports.PortFor($"{resource.Name}/{endpoint.Name}");

            // servers listen on IPv4 alone, and not every client tries that address of "localhost" too
            var host = resource is ContainerResource ? "127.0.0.1" : endpoint.TargetHost;
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, host, port, ReplicaPlaceholders.PortOf(endpoint));
            foreach (var instance in instances)
                instance.Ports[endpoint] = instances.Length == 1 ? port : run.Ports.PortFor($"{instance.Name}/{endpoint.Name}");
            if (instances.Length > 1)
                _proxies.Add(new TcpProxy(port, [.. instances.Select(instance => instance.Ports[endpoint])]));
        }

        return [.. instances.Select(instance => instance.Ports)];
    }

    public void StartProxies()
    {
        foreach (var proxy in _proxies) proxy.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in _proxies) await proxy.DisposeAsync();
        _proxies.Clear();
    }
}
