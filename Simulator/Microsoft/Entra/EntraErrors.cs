using System.Globalization;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Microsoft;

/// <summary>The errors of the identity platform.</summary>
internal static class EntraErrors
{
    public static EntraError NotFound { get; } = new(404, "invalid_request", 900144, "There is no such endpoint.");

    public static EntraError WrongSecret { get; } = new(
        401, "invalid_client", 7000215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.");

    public static EntraError UnknownCode { get; } = new(
        400, "invalid_grant", 70008, "The provided authorization code or refresh token has expired or was used before. Send a new interactive authorization request.");

    public static EntraError WrongVerifier { get; } = new(
        400, "invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.");

    public static EntraError WrongRedirect { get; } = new(
        400, "invalid_client", 500112,
        "The reply address does not match the reply address provided when requesting the authorization code.");

    public static EntraError UnknownToken { get; } = new(
        400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.");

    public static EntraError Revoked { get; } = new(
        400, "invalid_grant", 50173, "The provided grant has expired due to it being revoked, a fresh auth token is needed.");

    public static EntraError Missing(string parameter) =>
        new(400, "invalid_request", 900144, $"The request body must contain the following parameter: '{parameter}'.");

    public static EntraError UnknownClient(string? id) => new(
        400, "unauthorized_client", 700016, $"Application with identifier '{id}' was not found in the directory.");

    public static EntraError WrongGrant(string? grant) => new(
        400, "unsupported_grant_type", 70003, $"The app requested an unsupported grant type '{grant}'.");

    /// <summary>The error of a fault that was asked for.</summary>
    public static EntraError Fault(int? status, string? error) => error switch
    {
        "invalid_grant" => Revoked with { Status = status ?? 400 },
        "invalid_client" => WrongSecret with { Status = status ?? 401 },
        "temporarily_unavailable" => new(status ?? 503, error, 90033, "A transient error has occurred. Please try again."),
        not null => new(status ?? 400, error, 9002313, "Invalid request."),
        null when status is 400 => Revoked,
        null when status is 401 => WrongSecret,
        null when status is 429 => new(429, "temporarily_unavailable", 90055, "Tenant request has been throttled."),
        null => new(status ?? 500, "temporarily_unavailable", 90033, "A transient error has occurred. Please try again."),
    };
}

/// <summary>
/// An error of the token endpoint: <c>{error,error_description,error_codes,timestamp,trace_id,correlation_id,error_uri}</c>.
/// </summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The error of RFC 6749.</param>
/// <param name="Code">Microsoft's code: the number after AADSTS.</param>
/// <param name="Message">For people.</param>
internal sealed record EntraError(int Status, string Error, int Code, string Message) : IResult
{
    public string Description => $"AADSTS{Code.ToString(CultureInfo.InvariantCulture)}: {Message}";

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        var time = TimeProvider.System.GetUtcNow();
        var now = time.ToString("u", CultureInfo.InvariantCulture);
        var (trace, correlation) = (Guid.CreateVersion7(time), Guid.CreateVersion7(time));
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("error", Error);
        json.WriteString("error_description", $"{Description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}");
        json.WriteStartArray("error_codes");
        json.WriteNumberValue(Code);
        json.WriteEndArray();
        json.WriteString("timestamp", now);
        json.WriteString("trace_id", trace);
        json.WriteString("correlation_id", correlation);
        json.WriteString("error_uri", $"https://login.microsoftonline.com/error?code={Code.ToString(CultureInfo.InvariantCulture)}");
        json.WriteEndObject();
    }
}
