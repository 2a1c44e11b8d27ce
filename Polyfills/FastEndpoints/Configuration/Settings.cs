namespace FastEndpoints;

/// <summary>The settings that <see cref="Config"/> shows: one set a process, as in the package.</summary>
internal static class Settings
{
    public static BindingOptions Binding { get; } = new();

    public static EndpointOptions Endpoints { get; } = new();

    public static ErrorOptions Errors { get; } = new();

    public static SecurityOptions Security { get; } = new();

    public static SerializerOptions Serializer { get; } = new();

    public static ValidationOptions Validation { get; } = new();
}
