namespace FastEndpoints;

/// <summary>Keys in <c>HttpContext.Items</c>.</summary>
internal static class ItemKeys
{
    /// <summary>What was sent; other libraries read it by this name.</summary>
    public const string Response = "FastEndpointsResponse";

    public const string ResponseStarted = "FastEndpoints.ResponseStarted";

    public const string ProcessorState = "FastEndpoints.ProcessorState";

    public const string ExceptionHandled = "FastEndpoints.ExceptionHandled";
}
