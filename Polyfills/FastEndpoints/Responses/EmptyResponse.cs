namespace FastEndpoints;

/// <summary>The response of an endpoint that has none.</summary>
public sealed class EmptyResponse
{
    private EmptyResponse()
    {
    }

    /// <summary>The only instance.</summary>
    public static EmptyResponse Instance { get; } = new();
}
