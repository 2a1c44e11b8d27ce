namespace Aspire.Hosting.ApplicationModel;

/// <summary>A server that a deployment runs from an image. Here run mode starts the same server as a local process.</summary>
public class ContainerResource(string name, string? entrypoint = null)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>The program to run in place of the image's own.</summary>
    public string? Entrypoint { get; set; } = entrypoint;
}
