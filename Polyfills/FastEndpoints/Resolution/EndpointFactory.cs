using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FastEndpoints;

/// <summary>Makes endpoint objects from services: first the constructor's parameters, then the public settable properties.</summary>
public sealed class EndpointFactory : IEndpointFactory
{
    /// <inheritdoc />
    public BaseEndpoint Create(EndpointDefinition definition, HttpContext ctx)
    {
        var services = ctx.RequestServices;
        var endpoint = (BaseEndpoint)definition.Construct(services, null);
        foreach (var (type, key, set) in definition.InjectedProperties)
            set(endpoint, key is null ? services.GetRequiredService(type) : services.GetRequiredKeyedService(type, key));
        return endpoint;
    }
}
