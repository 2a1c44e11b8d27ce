using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Run;

/// <summary>What stands in a value for something that each replica has of its own, until the replica starts.</summary>
internal static class ReplicaPlaceholders
{
    public const string InstanceId = "{{- instanceId -}}";

    public static string PortOf(EndpointAnnotation endpoint) => $"{{{{- portForServing \"{endpoint.Name}\" -}}}}";

    public static string Replace(string value, string instanceId, IReadOnlyDictionary<EndpointAnnotation, int> ports)
    {
        value = value.Replace(InstanceId, instanceId);
        foreach (var (endpoint, port) in ports)
            value = value.Replace(PortOf(endpoint), port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return value;
    }
}
