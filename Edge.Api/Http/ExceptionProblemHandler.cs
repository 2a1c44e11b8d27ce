using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;

namespace Switchboard.Edge.Api.Http;

/// <summary>Answers what an endpoint threw as a problem, and logs it once.</summary>
internal sealed partial class ExceptionProblemHandler(ILogger<ExceptionProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellation)
    {
        var problem = ExceptionProblem.Of(exception);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            Log.Failed(logger, exception, context.Request.Method, context.Request.Path);
        else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            Log.Unavailable(logger, context.Request.Method, context.Request.Path, exception.Message);

        if (problem.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.For(problem.Status, problem.Detail).ExecuteAsync(context);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, PathString path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} answered 503: {Reason}")]
        public static partial void Unavailable(ILogger logger, string method, PathString path, string reason);
    }
}
