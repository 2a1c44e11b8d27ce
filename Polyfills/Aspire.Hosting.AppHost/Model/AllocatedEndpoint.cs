namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where an endpoint is reached while the application runs.</summary>
public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression = null)
{
    /// <summary>What was allocated.</summary>
    public EndpointAnnotation Endpoint { get; } = endpoint;

    /// <summary>A host name or address.</summary>
    public string Address { get; } = address;

    /// <summary>The port to connect to.</summary>
    public int Port { get; } = port;

    /// <summary>Stands for the port that a replica listens on; replaced when that replica starts.</summary>
    public string? TargetPortExpression { get; } = targetPortExpression;

    /// <summary><c>scheme://host:port</c></summary>
    public string UriString => $"{Endpoint.UriScheme}://{Address}:{Port}";
}
