using System.Diagnostics.CodeAnalysis;
using System.Net;
using Polly;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>
/// What may pass by itself: answers 408, 429 and 5xx, an <see cref="HttpRequestException"/>, and the pipeline's own timeout.
/// </summary>
public static class HttpClientResiliencePredicates
{
    /// <summary>Whether the outcome may pass.</summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Result.StatusCode: >= HttpStatusCode.InternalServerError } => true,
        { Result.StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => true,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        _ => false,
    };

    /// <summary>
    /// Whether the outcome may pass; so may a connection that could not be made within the handler's own connect timeout,
    /// which looks like a cancellation, when it is not the caller's.
    /// </summary>
    [Experimental("EXTEXP0001")]
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken) =>
        IsTransient(outcome)
        || (!cancellationToken.IsCancellationRequested
            && outcome.Exception is OperationCanceledException { Source: "System.Private.CoreLib", InnerException: TimeoutException });
}
