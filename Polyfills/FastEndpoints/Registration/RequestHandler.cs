using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

/// <summary>Where a request comes in from the routing.</summary>
internal sealed class RequestHandler : IResult
{
    public static RequestHandler Instance { get; } = new();

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var metadata = httpContext.GetEndpoint()!.Metadata;
        // a content type that is not accepted has been refused by the routing already; a missing one has not
        if (!httpContext.Request.Headers.ContainsKey("Content-Type")
            && metadata.GetMetadata<IAcceptsMetadata>() is { } accepts
            && !accepts.ContentTypes.Contains("*/*"))
        {
            httpContext.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return httpContext.Response.StartAsync(httpContext.RequestAborted);
        }

        var definition = metadata.GetMetadata<EndpointDefinition>()!;
        var endpoint = httpContext.RequestServices.GetRequiredService<IEndpointFactory>().Create(definition, httpContext);
        endpoint.Definition = definition;
        endpoint.HttpContext = httpContext;
        if (definition.IsDisposable)
            httpContext.Response.RegisterForDispose((IDisposable)endpoint);
        if (definition.IsAsyncDisposable)
            httpContext.Response.RegisterForDisposeAsync((IAsyncDisposable)endpoint);
        return endpoint.ExecAsync(httpContext.RequestAborted);
    }
}
