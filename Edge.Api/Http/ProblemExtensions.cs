namespace Switchboard.Edge.Api.Http;

internal static class ProblemExtensions
{
    /// <summary>What an endpoint throws is answered as a problem too.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.AddExceptionHandler<ExceptionProblemHandler>();

    /// <summary>Answers exceptions, and whatever left a status without a body: unknown routes, wrong methods and media types.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app
        .UseExceptionHandler()
        .UseStatusCodePages(context =>
            Problems.For(context.HttpContext.Response.StatusCode).ExecuteAsync(context.HttpContext));
}
