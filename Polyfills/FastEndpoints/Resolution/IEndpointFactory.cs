using Microsoft.AspNetCore.Http;

namespace FastEndpoints;

/// <summary>Makes the endpoint object of a request.</summary>
public interface IEndpointFactory
{
    /// <summary>Makes it.</summary>
    /// <param name="definition">Which endpoint.</param>
    /// <param name="ctx">The exchange, with the services.</param>
    BaseEndpoint Create(EndpointDefinition definition, HttpContext ctx);
}
