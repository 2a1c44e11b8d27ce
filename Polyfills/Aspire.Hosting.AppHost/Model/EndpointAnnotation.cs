using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>An endpoint that a resource listens on.</summary>
public sealed class EndpointAnnotation(
    ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null,
    int? port = null, int? targetPort = null, bool? isExternal = null) : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _transport = transport;
    private bool? _tlsEnabled;

    /// <summary>Its name among the resource's endpoints; the scheme unless said otherwise.</summary>
    public string Name { get; set; } = name ?? uriScheme ?? NameOf(protocol);

    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; set; } = protocol;

    /// <summary>The port to connect to; null leaves the choice to whoever runs it.</summary>
    public int? Port { get; set; } = port;

    /// <summary>The port the process listens on; null leaves the choice to whoever runs it.</summary>
    public int? TargetPort { get; set; } = targetPort;

    /// <summary>The scheme of its address.</summary>
    public string UriScheme { get; set; } = uriScheme ?? NameOf(protocol);

    /// <summary>The host the process listens on.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary><c>http</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : NameOf(Protocol));
        set => _transport = value;
    }

    /// <summary>Whether it is reached from outside the deployment.</summary>
    public bool IsExternal { get; set; } = isExternal ?? false;

    /// <summary>Whether a reference to the resource leaves this endpoint out.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    /// <summary>Whether it speaks TLS.</summary>
    public bool TlsEnabled
    {
        get => _tlsEnabled ?? UriScheme == "https";
        set => _tlsEnabled = value;
    }

    /// <summary>Where it is reached; null until the application starts.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set => _allocated.TrySetResult(value ?? throw new ArgumentNullException(nameof(value)));
    }

    /// <summary>The https endpoint that a deployment adds on its own: the process in the image does not listen on it.</summary>
    internal bool IsDefaultHttps { get; set; }

    internal Task<AllocatedEndpoint> WhenAllocatedAsync(CancellationToken cancellationToken) => _allocated.Task.WaitAsync(cancellationToken);

    private static string NameOf(ProtocolType protocol) => protocol == ProtocolType.Udp ? "udp" : "tcp";
}
