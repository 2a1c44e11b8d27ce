using System.Globalization;

namespace Switchboard.Simulator.Gmail;

/// <summary>The errors of the Gmail API that there are here.</summary>
internal static class GoogleErrors
{
    public static GoogleError Unauthenticated { get; } = new(
        401,
        "UNAUTHENTICATED",
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. "
        + "See https://developers.google.com/identity/sign-in/web/devconsole-project.");

    public static GoogleError NotFound { get; } = new(404, "NOT_FOUND", "notFound", "Requested entity was not found.");

    public static GoogleError Denied(string address) => new(403, "PERMISSION_DENIED", "forbidden", $"Delegation denied for {address}");

    public static GoogleError Invalid(string message) => new(400, "INVALID_ARGUMENT", "invalidArgument", message);

    /// <summary>The error of a fault that was asked for.</summary>
    /// <param name="status">The HTTP status; without it the one that belongs to the reason, or 500.</param>
    /// <param name="reason">Google's reason; without it the one that is usual for the status.</param>
    public static GoogleError Fault(int? status, string? reason) => (status ?? StatusOf(reason)) switch
    {
        401 => Unauthenticated,
        404 => NotFound,
        400 => new(400, "FAILED_PRECONDITION", reason ?? "failedPrecondition", "Precondition check failed."),
        403 => new(403, "PERMISSION_DENIED", reason ?? "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits"),
        429 => new(429, "RESOURCE_EXHAUSTED", reason ?? "rateLimitExceeded", "Too many concurrent requests for user.", "usageLimits"),
        503 => new(503, "UNAVAILABLE", reason ?? "backendError", "The service is currently unavailable."),
        500 => new(500, "INTERNAL", reason ?? "backendError", "Internal error encountered."),
        var other => new(other, "UNKNOWN", reason ?? "backendError", $"Error {other.ToString(CultureInfo.InvariantCulture)}"),
    };

    private static int StatusOf(string? reason) => reason switch
    {
        "authError" => 401,
        "notFound" => 404,
        "failedPrecondition" => 400,
        "dailyLimitExceeded" or "userRateLimitExceeded" or "forbidden" or "domainPolicy" => 403,
        "rateLimitExceeded" => 429,
        _ => 500,
    };
}
