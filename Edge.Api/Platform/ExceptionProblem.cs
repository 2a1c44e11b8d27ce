using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What an exception means to the caller.</summary>
/// <param name="Status">The status.</param>
/// <param name="Detail">What may be said of it; never the exception's own words, except about the request.</param>
/// <param name="RetryAfterSeconds">When asking again may help.</param>
internal sealed record ExceptionProblem(int Status, string Detail, int? RetryAfterSeconds = null)
{
    private const int RetrySeconds = 2;
    private const int FullRetrySeconds = 10;

    /// <summary>The problem to answer for an exception that an endpoint threw.</summary>
    public static ExceptionProblem Of(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new(StatusCodes.Status413PayloadTooLarge, $"A body is at most {EdgeLimits.MaxBodyBytes} bytes long."),
        BadHttpRequestException bad => new(bad.StatusCode, bad.Message),
        BrokerUnavailableException { QueueIsFull: true } => new(
            StatusCodes.Status503ServiceUnavailable,
            "More work waits than is taken on. Send it again later; with the same messageId or Idempotency-Key it counts once.",
            FullRetrySeconds),
        BrokerUnavailableException => Unavailable("The message broker"),
        PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.UniqueViolation } => new(
            StatusCodes.Status409Conflict,
            "Something that this request names was made, changed or deleted at the same moment. Look at what there is, and send it again."),
        _ when DatabaseFailure.IsUnavailable(exception) => Unavailable("The database"),
        TimeoutException or HttpRequestException => Unavailable("Something that this answer needs"),
        _ => new(StatusCodes.Status500InternalServerError, "An unexpected error. It is logged under the traceId."),
    };

    private static ExceptionProblem Unavailable(string what) => new(
        StatusCodes.Status503ServiceUnavailable,
        $"{what} is not available. Send it again in a moment; with the same messageId or Idempotency-Key it counts once.",
        RetrySeconds);
}

/// <summary>Answers what an endpoint threw as a problem, and logs it once.</summary>
internal sealed partial class ExceptionProblemHandler(TimeProvider timeProvider, ILogger<ExceptionProblemHandler> logger)
    : IExceptionHandler
{
    private int _unavailable;
    private long _loggedAt;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var problem = ExceptionProblem.Of(exception);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            Log.Failed(logger, exception, context.Request.Method, context.Request.Path.Value);
        else if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            LogUnavailable(exception);
        else if (problem.Status == StatusCodes.Status409Conflict)
            Log.Met(logger, exception, context.Request.Method, context.Request.Path.Value);

        if (problem.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        await Problems.For(problem.Status, problem.Detail).ExecuteAsync(context);
        return true;
    }

    // while the broker is unavailable thousands of requests a second end here: one line a second says how many
    private void LogUnavailable(Exception exception)
    {
        Interlocked.Increment(ref _unavailable);
        var before = Interlocked.Read(ref _loggedAt);
        var now = timeProvider.GetTimestamp();
        if ((before == 0 || timeProvider.GetElapsedTime(before, now) >= TimeSpan.FromSeconds(1))
            && Interlocked.CompareExchange(ref _loggedAt, now, before) == before)
            Log.Unavailable(logger, Interlocked.Exchange(ref _unavailable, 0), exception);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, Exception exception, string method, Redacted path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} {Path} met another change of the same moment")]
        public static partial void Met(ILogger logger, Exception exception, string method, Redacted path);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} requests were answered 503, the last one because: {Reason}")]
        public static partial void Unavailable(ILogger logger, int count, Redacted reason);
    }
}
