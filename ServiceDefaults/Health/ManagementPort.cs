using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Switchboard.ServiceDefaults.Health;

/// <summary>Where what only operators may see is served; section <c>Management</c>.</summary>
internal sealed class ManagementOptions
{
    public const string Section = "Management";

    /// <summary>
    /// <c>Management:Port</c>: one of the ports that the process listens on (<c>HTTP_PORTS=8080;8081</c>), which nobody reaches from
    /// outside. Left out, metrics and the details of health are served in Development alone.
    /// </summary>
    [Range(1, 65_535)]
    public int? Port { get; set; }
}

/// <summary>Tells what comes from operators from what comes from anybody.</summary>
public static class ManagementPort
{
    /// <summary>
    /// Whether a request came to the management port. By the port of its connection: what its headers say, its sender chose.
    /// </summary>
    public static bool IsForOperators(this HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RequestServices.GetRequiredService<IOptions<ManagementOptions>>().Value.Port is { } port
            ? context.Connection.LocalPort == port
            : context.RequestServices.GetRequiredService<IHostEnvironment>().IsDevelopment();
    }

    /// <summary>From anywhere else it is as if there were no such path.</summary>
    internal static TBuilder ForOperators<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(built =>
        {
            var serve = built.RequestDelegate!;
            built.RequestDelegate = context =>
            {
                if (context.IsForOperators())
                    return serve(context);
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            };
        });
        return endpoint;
    }
}
