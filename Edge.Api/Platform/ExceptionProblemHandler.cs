using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;

namespace Switchboard.Edge.Api.Platform;

/// <summary>Answers what an endpoint threw as a problem, and logs it once.</summary>
internal sealed partial class ExceptionProblemHandler(TimeProvider clock, ILogger<ExceptionProblemHandler> logger) : IExceptionHandler
{
    private int _unavailable;
    private long _loggedAt;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellation)
    {
        var problem = ExceptionProblem.Of(exception);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            Log.Failed(logger, exception, context.Request.Method, context.Request.Path);
        else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            LogUnavailable(exception);

        if (problem.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.For(problem.Status, problem.Detail).ExecuteAsync(context);
        return true;
    }

    // while the broker is away thousands of requests a second end here: one line a second says how many
    private void LogUnavailable(Exception exception)
    {
        Interlocked.Increment(ref _unavailable);
        var before = Interlocked.Read(ref _loggedAt);
        var now = clock.GetTimestamp();
        if ((before == 0 || clock.GetElapsedTime(before, now) >= TimeSpan.FromSeconds(1))
            && Interlocked.CompareExchange(ref _loggedAt, now, before) == before)
            Log.Unavailable(logger, Interlocked.Exchange(ref _unavailable, 0), exception.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, PathString path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} requests were answered 503, the last one because: {Reason}")]
        public static partial void Unavailable(ILogger logger, int count, string reason);
    }
}
