using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the manifest that deployment tools read (schema: aspire-8.0.json), resource by resource.</summary>
public sealed class ManifestPublishingContext(
    DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
{
    private readonly ManifestReferences _references = new();

    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    public string ManifestPath { get; } = manifestPath;

    public Utf8JsonWriter Writer { get; } = writer;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    internal async Task WriteModelAsync(DistributedApplicationModel model)
    {
        Writer.WriteStartObject();
        Writer.WriteStartObject("resources");

        foreach (var resource in model.Resources)
            await WriteResourceAsync(resource);
        foreach (var resource in _references.Resources.Where(resource => !model.Resources.Contains(resource)).ToArray())
            await WriteResourceAsync(resource);
        foreach (var (name, choice) in _references.Choices)
        {
            Writer.WriteStartObject(name);
            Writer.WriteString("type", "value.v0");
            Writer.WriteString("connectionString", await choice.GetValueAsync(CancellationToken) ?? "");
            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
        Writer.WriteEndObject();
        await Writer.FlushAsync(CancellationToken);
    }

    private async Task WriteResourceAsync(IResource resource)
    {
        Writer.WriteStartObject(resource.Name);
        switch (resource)
        {
            case ContainerResource container:
                await WriteContainerAsync(container);
                break;
            case ProjectResource project:
                await WriteProjectAsync(project);
                break;
            case ParameterResource parameter:
                WriteParameter(parameter);
                break;
            case IResourceWithConnectionString:
                Writer.WriteString("type", "value.v0");
                WriteConnectionString(resource);
                break;
            default:
                Writer.WriteString("error", "This resource does not support generation in the manifest.");
                break;
        }

        Writer.WriteEndObject();
        if (resource is ParameterResource written) WriteEncoded(written);
    }

    private async Task WriteProjectAsync(ProjectResource project)
    {
        var projectPath = project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath;
        Writer.WriteString("type", "project.v0");
        Writer.WriteString("path", Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(ManifestPath))!, projectPath).Replace('\\', '/'));
        await WriteArgumentsAsync(project);
        await WriteEnvironmentAsync(project);
        ManifestBindings.Write(Writer, project);
    }

    private async Task WriteContainerAsync(ContainerResource container)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()
            ?? throw new DistributedApplicationException($"Could not get the container image name for resource '{container.Name}'.");
        Writer.WriteString("type", "container.v0");
        WriteConnectionString(container);
        Writer.WriteString("image", $"{(image.Registry is null ? "" : image.Registry + "/")}{image.Image}{(image.Tag is null ? "" : ":" + image.Tag)}");
        if (container.Entrypoint is not null) Writer.WriteString("entrypoint", container.Entrypoint);
        await WriteArgumentsAsync(container);
        WriteVolumes(container);
        await WriteEnvironmentAsync(container);
        ManifestBindings.Write(Writer, container);
    }

    private void WriteVolumes(ContainerResource container)
    {
        if (!container.TryGetAnnotationsOfType<ContainerMountAnnotation>(out var mounts)) return;
        Writer.WriteStartArray("volumes");
        foreach (var mount in mounts)
        {
            Writer.WriteStartObject();
            if (mount.Source is not null) Writer.WriteString("name", mount.Source);
            Writer.WriteString("target", mount.Target);
            Writer.WriteBoolean("readOnly", mount.IsReadOnly);
            Writer.WriteEndObject();
        }

        Writer.WriteEndArray();
    }

    private void WriteConnectionString(IResource resource)
    {
        if (resource is IResourceWithConnectionString { ConnectionStringExpression: var expression })
            Writer.WriteString("connectionString", _references.ExpressionOf(expression));
    }

    private async Task WriteEnvironmentAsync(IResource resource)
    {
        var context = new EnvironmentCallbackContext(ExecutionContext, resource, cancellationToken: CancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
            await annotation.Callback(context);
        if (context.EnvironmentVariables.Count == 0) return;

        Writer.WriteStartObject("env");
        foreach (var (name, value) in context.EnvironmentVariables)
            Writer.WriteString(name, _references.ExpressionOf(value));
        Writer.WriteEndObject();
    }

    private async Task WriteArgumentsAsync(IResource resource)
    {
        var context = new CommandLineArgsCallbackContext([], ExecutionContext);
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await annotation.Callback(context);
        if (context.Args.Count == 0) return;

        Writer.WriteStartArray("args");
        foreach (var value in context.Args)
            Writer.WriteStringValue(_references.ExpressionOf(value));
        Writer.WriteEndArray();
    }

    private void WriteParameter(ParameterResource parameter)
    {
        Writer.WriteString("type", "parameter.v0");
        Writer.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        Writer.WriteStartObject("inputs");
        Writer.WriteStartObject("value");
        Writer.WriteString("type", "string");
        if (parameter.Secret) Writer.WriteBoolean("secret", true);
        if (parameter.Default is not null)
        {
            Writer.WriteStartObject("default");
            parameter.Default.WriteToManifest(this);
            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
        Writer.WriteEndObject();
    }

    private void WriteEncoded(ParameterResource parameter)
    {
        foreach (var (format, name) in _references.EncodingsOf(parameter))
        {
            Writer.WriteStartObject(name);
            Writer.WriteString("type", "annotated.string");
            Writer.WriteString("value", parameter.ValueExpression);
            Writer.WriteString("filter", format);
            Writer.WriteEndObject();
        }
    }
}
