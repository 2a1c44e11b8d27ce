using Microsoft.AspNetCore.Http.Metadata;

namespace Switchboard.Edge.Api.Platform;

internal static class ProblemExtensions
{
    /// <summary>What an endpoint throws is answered as a problem too.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.AddExceptionHandler<ExceptionProblemHandler>();

    /// <summary>
    /// A body must say what it is. Routing compares a media type that is there; one that is missing FastEndpoints would refuse with an
    /// empty answer.
    /// </summary>
    public static void UseMediaTypes(this IApplicationBuilder app) => app.Use((context, next) =>
        context.Request.ContentType is null
        && context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>() is { } accepts && !accepts.ContentTypes.Contains("*/*")
            ? Problems.For(StatusCodes.Status415UnsupportedMediaType, $"Send {accepts.ContentTypes[0]}, and say so in Content-Type.")
                .ExecuteAsync(context)
            : next(context));

    /// <summary>Answers exceptions, and whatever left a status without a body: unknown routes, wrong methods and media types.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler()
        .UseStatusCodePages(context =>
            Problems.For(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
}
