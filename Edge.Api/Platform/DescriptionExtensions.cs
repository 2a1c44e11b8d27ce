namespace Switchboard.Edge.Api.Platform;

internal static class DescriptionExtensions
{
    /// <summary>Groups and titles the endpoint in <c>/openapi/v1.json</c>.</summary>
    public static RouteHandlerBuilder Titled(this RouteHandlerBuilder endpoint, string group, string title) =>
        endpoint.WithTags(group).WithSummary(title);

    /// <summary>The statuses that the endpoint answers with a problem.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.ProducesProblem(status);
        return endpoint;
    }
}
