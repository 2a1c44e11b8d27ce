using System.Net.Sockets;
using Npgsql;
using Switchboard.Core.Jobs;

namespace Switchboard.Edge.Api.Platform;

/// <summary>What an exception means to who asked.</summary>
/// <param name="Status">The status.</param>
/// <param name="Detail">What may be said of it; never the exception's own words, except about the request.</param>
/// <param name="RetryAfterSeconds">When asking again may help.</param>
internal sealed record ExceptionProblem(int Status, string Detail, int? RetryAfterSeconds = null)
{
    private const int RetrySeconds = 2;

    /// <summary>The problem to answer for an exception that an endpoint threw.</summary>
    public static ExceptionProblem Of(Exception exception) => exception switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            new(StatusCodes.Status413PayloadTooLarge, $"A body is at most {EdgeLimits.MaxBodyBytes} bytes long."),
        BadHttpRequestException bad => new(bad.StatusCode, bad.Message),
        BrokerUnavailableException => Away("The message broker"),
        NpgsqlException { IsTransient: true } or PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "57014" } =>
            Away("The database"),
        // Npgsql's own timeouts, and a connection that broke while it was opened
        NpgsqlException { InnerException: TimeoutException or IOException or SocketException } => Away("The database"),
        TimeoutException or HttpRequestException => Away("Something that this answer needs"),
        _ => new(StatusCodes.Status500InternalServerError, "Something is wrong here. It is logged under the traceId."),
    };

    private static ExceptionProblem Away(string what) =>
        new(StatusCodes.Status503ServiceUnavailable, $"{what} is away. Send it again in a moment; with the same messageId or Idempotency-Key it counts once.", RetrySeconds);
}
