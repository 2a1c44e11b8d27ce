namespace Aspire.Hosting.ApplicationModel;

/// <summary>The key of a health check that tells how the resource is.</summary>
public sealed class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key { get; } = key;
}

/// <summary>How many processes run for the resource.</summary>
public sealed class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

/// <summary>The image that a deployment runs.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    public string? Registry { get; set; }

    public required string Image { get; set; }

    public string? Tag { get; set; }
}

/// <summary>A volume of a deployment's container.</summary>
public sealed class ContainerMountAnnotation(string? source, string target, bool isReadOnly) : IResourceAnnotation
{
    /// <summary>The name of the volume.</summary>
    public string? Source { get; } = source;

    /// <summary>Where the container sees it.</summary>
    public string Target { get; } = target;

    public bool IsReadOnly { get; } = isReadOnly;
}

/// <summary>The endpoints of another resource that this one is told about.</summary>
public sealed class EndpointReferenceAnnotation(IResourceWithEndpoints resource) : IResourceAnnotation
{
    public IResourceWithEndpoints Resource { get; } = resource;

    /// <summary>Whether all of them.</summary>
    public bool UseAllEndpoints { get; set; }

    /// <summary>Those that were named one by one.</summary>
    public HashSet<string> EndpointNames { get; } = new(StringComparer.OrdinalIgnoreCase);
}
