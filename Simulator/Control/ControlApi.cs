using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;

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

    /// <summary>One field that is not valid.</summary>
    public static IResult Invalid(string field, string whatToDo) =>
        Results.ValidationProblem(
            new Dictionary<string, string[]> { [field] = [whatToDo] }, title: "This control call cannot be carried out.");

    private static Task WriteAsync(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var detail = error is BadHttpRequestException ? error.InnerException?.Message ?? error.Message : null;
        var title = detail is null ? null : "This is not a body for this call: GET / shows an example.";
        return Results.Problem(detail, statusCode: context.Response.StatusCode, title: title).ExecuteAsync(context);
    }
}

/// <summary><c>GET /</c>: what the simulator does and how to make it do it.</summary>
internal static class HomePage
{
    public static void MapHome(this WebApplication app) =>
        app.MapGet("/", () =>
            Results.Stream(typeof(HomePage).Assembly.GetManifestResourceStream("index.html")!, "text/html; charset=utf-8"));
}

/// <summary>The fields of a control call that are not valid, each with what to do.</summary>
internal sealed class FieldErrors : Dictionary<string, string[]>
{
    public void Check(string field, bool isValid, string whatToDo)
    {
        if (!isValid)
        {
            this[field] = [whatToDo];
        }
    }
}

/// <summary>JSON in which <c>+1555</c> stays <c>+1555</c>: none of this is ever put into HTML.</summary>
internal static class ReadableJson
{
    public static JsonWriterOptions Writer { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static JsonSerializerOptions Options() => new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
