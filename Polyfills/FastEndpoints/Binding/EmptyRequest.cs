namespace FastEndpoints;

/// <summary>The request of an endpoint that takes none.</summary>
public sealed class EmptyRequest
{
    private EmptyRequest()
    {
    }

    /// <summary>The only instance.</summary>
    public static EmptyRequest Instance { get; } = new();
}
