using System.Globalization;
using System.Text.Json;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>
/// Reads error answers: of the API <c>{"error": {"code", "message", "errors": [{"reason"}]}}</c> (Gmail: Resolve errors), of the token
/// endpoint <c>{"error", "error_description"}</c> (RFC 6749, 5.2).
/// </summary>
internal static class GmailErrors
{
    // enough of it for a person to see what it is
    private const int LongestMessage = 500;

    public static async Task<GmailException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var body = await response.Content.ReadAsStringAsync(cancellation);
        var (message, reason) = Parse(body);
        var retryAfter = RetryAfter(response, time);
        var failure = status switch
        {
            400 or 401 when reason == "invalid_grant" => GmailFailure.GrantRevoked,
            401 => GmailFailure.Unauthorized,
            403 when reason.EndsWith("LimitExceeded", StringComparison.Ordinal) => GmailFailure.Limited,
            404 => GmailFailure.NotFound,
            429 => GmailFailure.Limited,
            408 or >= 500 => GmailFailure.Unavailable,
            _ => GmailFailure.Refused,
        };
        var text = string.Create(CultureInfo.InvariantCulture, $"Gmail answered {status}{(reason.Length > 0 ? $" {reason}" : "")}: {message}");
        return new(failure, text, status, retryAfter);
    }

    private static (string Message, string Reason) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error))
                return (Cut(body), "");
            if (error.ValueKind == JsonValueKind.String)
                return (Cut(Text(json.RootElement, "error_description") ?? ""), error.GetString()!);
            if (error.ValueKind != JsonValueKind.Object)
                return (Cut(body), "");
            var reason = error.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                && errors[0].ValueKind == JsonValueKind.Object
                ? Text(errors[0], "reason")
                : Text(error, "status");
            return (Cut(Text(error, "message") ?? body), reason ?? "");
        }
        catch (JsonException)
        {
            // a page of a proxy
            return (Cut(body), "");
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };
}
