using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>The endpoints of a resource in the manifest.</summary>
internal static class ManifestBindings
{
    private const int FirstAllocatedPort = 8000;

    public static void Write(Utf8JsonWriter writer, IResource resource)
    {
        if (!resource.TryGetAnnotationsOfType<EndpointAnnotation>(out var endpoints)) return;

        var nextPort = FirstAllocatedPort;
        var schemesSeen = new HashSet<string>();
        writer.WriteStartObject("bindings");
        foreach (var endpoint in endpoints)
        {
            // launch profile ports are for development: a project's first endpoint of a scheme gets its port from the deployment tool
            var isDefault = resource is ProjectResource && endpoint.UriScheme is "http" or "https" && schemesSeen.Add(endpoint.UriScheme);
            var targetPort = endpoint.TargetPort
                ?? (resource is ContainerResource ? endpoint.Port : null)
                ?? (isDefault ? null : nextPort++);

            writer.WriteStartObject(endpoint.Name);
            writer.WriteString("scheme", endpoint.UriScheme);
            writer.WriteString("protocol", endpoint.Protocol == System.Net.Sockets.ProtocolType.Udp ? "udp" : "tcp");
            writer.WriteString("transport", endpoint.Transport);
            if (endpoint.Port is { } port && port != targetPort) writer.WriteNumber("port", port);
            if (targetPort is not null) writer.WriteNumber("targetPort", targetPort.Value);
            if (endpoint.IsExternal) writer.WriteBoolean("external", true);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
