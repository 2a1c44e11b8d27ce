namespace Aspire.Hosting.ApplicationModel;

/// <summary>The application as it was described.</summary>
public sealed class DistributedApplicationModel(IResourceCollection resources)
{
    /// <summary>Its resources.</summary>
    public IResourceCollection Resources { get; } = resources;
}
