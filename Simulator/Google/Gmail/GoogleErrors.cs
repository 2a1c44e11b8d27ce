using System.Globalization;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Google;

/// <summary>The errors of the Gmail API.</summary>
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

/// <summary>An error as Google's APIs tell it: <c>{error:{code,message,errors:[{message,domain,reason}],status}}</c>.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Status">Its name in gRPC.</param>
/// <param name="Reason">The reason of old, more exact.</param>
/// <param name="Message">For people.</param>
/// <param name="Domain">Where the reason belongs.</param>
internal sealed record GoogleError(int Code, string Status, string Reason, string Message, string Domain = "global") : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Code;
        context.Response.ContentType = "application/json; charset=UTF-8";
        if (Code == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", Code);
        json.WriteString("message", Message);
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteString("message", Code == 401 ? "Invalid Credentials" : Message);
        json.WriteString("domain", Domain);
        json.WriteString("reason", Reason);
        if (Code == 401)
        {
            json.WriteString("location", "Authorization");
            json.WriteString("locationType", "header");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("status", Status);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
