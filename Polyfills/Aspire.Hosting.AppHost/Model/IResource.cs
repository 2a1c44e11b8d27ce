namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: a server, a process, a database, a parameter.</summary>
public interface IResource
{
    /// <summary>Lower-case letters, digits and dashes; unique in the application.</summary>
    string Name { get; }

    /// <summary>What was said about the resource while the model was built.</summary>
    ResourceAnnotationCollection Annotations { get; }
}
