using System.Globalization;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The errors of the Graph API: <c>{error:{code,message,innerError:{date,request-id,client-request-id}}}</c>.</summary>
internal static class GraphErrors
{
    public static GraphAnswer NoToken => Of(401, "InvalidAuthenticationToken", "Access token is empty.");

    public static GraphAnswer WrongToken => Of(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.");

    public static GraphAnswer NotFound => Of(404, "ErrorItemNotFound", "The specified object was not found in the store.");

    public static GraphAnswer MailboxGone =>
        Of(404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.");

    public static GraphAnswer Denied => Of(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");

    public static GraphAnswer NotJson =>
        Invalid("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.");

    public static GraphAnswer StaleState =>
        Of(410, "syncStateNotFound", "The sync state generation is not found. Start again without a token.");

    public static GraphAnswer WrongState => Of(400, "SyncStateInvalid", "The sync state token is malformed: 'Badly formed token.'");

    public static GraphAnswer TooComplex =>
        Of(400, "InefficientFilter", "The restriction or sort order is too complex for this operation.");

    public static GraphAnswer FailedDependency => Of(424, "FailedDependency", "A request that this one depends on has failed.");

    public static GraphAnswer UnknownSubscription(string id) =>
        Of(404, "ResourceNotFound", $"The object was not found: subscription {id}.");

    public static GraphAnswer UnknownPath(string segment) => Invalid($"Resource not found for the segment '{segment}'.");

    public static GraphAnswer Invalid(string message) => Of(400, "BadRequest", message);

    public static GraphAnswer InvalidSubscription(string message) => Of(400, "InvalidRequest", message);

    public static GraphAnswer NotValidated(string message) =>
        Of(400, "ValidationError", $"Subscription validation request failed. {message}");

    public static GraphAnswer Throttled(Refusal refusal)
    {
        var answer = Of(429, "ApplicationThrottled", $"Application is over its {refusal.Limit} limit.");
        return answer with { RetryAfterSeconds = refusal.RetryAfterSeconds };
    }

    /// <summary>The error of a fault that was asked for.</summary>
    /// <param name="status">The HTTP status; without it the one that belongs to the code, or 500.</param>
    /// <param name="code">Graph's code; without it the one that is usual for the status.</param>
    public static GraphAnswer Fault(int? status, string? code) => (status ?? StatusOf(code)) switch
    {
        400 => Of(400, code ?? "BadRequest", "The request is malformed or incorrect."),
        401 => Of(401, code ?? "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."),
        403 => Of(403, code ?? "ErrorAccessDenied", "Access is denied. Check credentials and try again."),
        404 => Of(404, code ?? "ErrorItemNotFound", "The specified object was not found in the store."),
        410 => Of(410, code ?? "syncStateNotFound", "The sync state generation is not found. Start again without a token."),
        429 => Of(429, code ?? "ApplicationThrottled", "Application is over its MailboxConcurrency limit."),
        503 => Of(503, code ?? "ErrorServerBusy", "The server cannot service this request right now. Try again later."),
        500 => Of(500, code ?? "ErrorInternalServerError", "An internal server error occurred. The operation failed."),
        var other => Of(other, code ?? "UnknownError", $"Error {other.ToString(CultureInfo.InvariantCulture)}"),
    };

    private static GraphAnswer Of(int status, string code, string message) => GraphAnswer.Json(
        json =>
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteStartObject("innerError");
            var now = TimeProvider.System.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            json.WriteString("date", now.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
            json.WriteString("request-id", id);
            json.WriteString("client-request-id", id);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        },
        status);

    private static int StatusOf(string? code) => code switch
    {
        "BadRequest" or "InefficientFilter" => 400,
        "InvalidAuthenticationToken" => 401,
        "ErrorAccessDenied" => 403,
        "ErrorItemNotFound" or "ResourceNotFound" or "MailboxNotEnabledForRESTAPI" => 404,
        "syncStateNotFound" or "resyncRequired" => 410,
        "ApplicationThrottled" or "TooManyRequests" => 429,
        "ErrorServerBusy" or "ErrorMailboxStoreUnavailable" or "serviceNotAvailable" => 503,
        _ => 500,
    };
}
