using Microsoft.AspNetCore.Diagnostics;
using Switchboard.Simulator.Faults;

namespace Switchboard.Simulator.Control;

/// <summary>Errors of the control calls below <c>/_sim</c>: problem details that say what to do.</summary>
internal static class ControlProblems
{
    public static IServiceCollection AddControl(this IServiceCollection services)
    {
        services.AddProblemDetails();
        // also outside Development: a malformed body is told as a problem that names what is wrong with it
        return services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    /// <summary>The providers' own paths keep the providers' errors, and none of the cost.</summary>
    public static void UseControlProblems(this WebApplication app) =>
        app.UseWhen(
            context => Providers.Of(context.Request.Path) is null,
            control => control
                .UseExceptionHandler(new ExceptionHandlerOptions
                {
                    StatusCodeSelector = error => error is BadHttpRequestException bad ? bad.StatusCode : 500,
                    SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
                    ExceptionHandler = WriteAsync,
                })
                .UseStatusCodePages());

    /// <summary>One field that is not as it should be.</summary>
    public static IResult Invalid(string field, string whatToDo) =>
        Results.ValidationProblem(new Dictionary<string, string[]> { [field] = [whatToDo] }, title: "This control call cannot be carried out.");

    private static Task WriteAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var detail = error is BadHttpRequestException ? error.InnerException?.Message ?? error.Message : null;
        return Results.Problem(detail, statusCode: context.Response.StatusCode, title: detail is null ? null : "This is not a body for this call: GET / shows an example.")
            .ExecuteAsync(context);
    }
}
