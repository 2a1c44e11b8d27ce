using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Switchboard.ServiceDefaults.Tracing;

/// <summary>
/// Completes the span of a request as the semantic conventions of HTTP want it: the framework writes what it knows at the
/// start; the name (<c>POST /api/rules</c>), the route, the status and the error are known at the end.
/// </summary>
internal sealed class ServerSpanMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            // The server answers 500 to an exception that gets this far, after this.
            Complete(span, context, StatusCodes.Status500InternalServerError, e);
            throw;
        }

        Complete(span, context, context.Response.StatusCode, context.Features.Get<IExceptionHandlerFeature>()?.Error);
    }

    private static void Complete(Activity span, HttpContext context, int status, Exception? error)
    {
        span.SetTag("http.response.status_code", status);
        if (Route(context) is { } route)
        {
            span.SetTag("http.route", route);
            span.DisplayName = $"{context.Request.Method} {route}";
        }
        else
        {
            // Never the path: it is not of a limited number.
            span.DisplayName = context.Request.Method;
        }

        // 4xx is the caller's error: the span of a server is not one.
        if (status < 500)
            return;

        span.SetTag("error.type", error?.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture));
        span.SetStatus(ActivityStatusCode.Error);
    }

    // Where an exception was handled the endpoint is that of the error page by now.
    private static string? Route(HttpContext context)
    {
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        return (endpoint as RouteEndpoint)?.RoutePattern.RawText is { } route ? '/' + route.TrimStart('/') : null;
    }
}
