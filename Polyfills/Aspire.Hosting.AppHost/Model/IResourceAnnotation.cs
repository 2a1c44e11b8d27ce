namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something said about a resource: an endpoint, an environment variable, a wait.</summary>
public interface IResourceAnnotation;
