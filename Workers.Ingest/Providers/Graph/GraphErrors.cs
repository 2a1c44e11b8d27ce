using System.Globalization;
using System.Text.Json;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>
/// Reads error answers: of the API <c>{"error": {"code", "message"}}</c>, of the token endpoint <c>{"error", "error_description"}</c>
/// (RFC 6749, 5.2).
/// </summary>
internal static class GraphErrors
{
    // enough of it for a person to see what it is
    private const int LongestMessage = 500;

    public static async Task<GraphException> ReadAsync(HttpResponseMessage response, TimeProvider time, CancellationToken cancellation)
    {
        var (code, message) = Parse(await response.Content.ReadAsStringAsync(cancellation));
        var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? RetryAfter(values.FirstOrDefault(), time) : null;
        return Of((int)response.StatusCode, code, message, retryAfter);
    }

    /// <summary>The failure that an answer is.</summary>
    public static GraphException Of(int status, string? code, string? message, TimeSpan? retryAfter)
    {
        var failure = status switch
        {
            400 or 401 when code is "invalid_grant" or "interaction_required" or "consent_required" => GraphFailure.GrantRevoked,
            401 => GraphFailure.Unauthorized,
            410 => GraphFailure.StaleState,
            _ when IsStale(code) => GraphFailure.StaleState,
            404 => GraphFailure.NotFound,
            429 => GraphFailure.Limited,
            // 424: one that it depends on failed
            408 or 424 or >= 500 => GraphFailure.Unavailable,
            _ => GraphFailure.Refused,
        };
        var text = string.Create(
            CultureInfo.InvariantCulture, $"Graph answered {status}{(string.IsNullOrEmpty(code) ? "" : $" {code}")}: {Cut(message ?? "")}");
        return new(failure, text, status, retryAfter);
    }

    /// <summary>The value of <c>Retry-After</c>: seconds or a date; null when there is none.</summary>
    public static TimeSpan? RetryAfter(string? value, TimeProvider time) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            && date > time.GetUtcNow() ? date - time.GetUtcNow()
        : null;

    private static bool IsStale(string? code) =>
        code is not null
        && (code.Equals("syncStateNotFound", StringComparison.OrdinalIgnoreCase)
            || code.Equals("syncStateInvalid", StringComparison.OrdinalIgnoreCase)
            || code.Equals("resyncRequired", StringComparison.OrdinalIgnoreCase));

    private static (string? Code, string Message) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error))
                return (null, body);
            return error.ValueKind switch
            {
                JsonValueKind.String => (error.GetString(), Text(json.RootElement, "error_description") ?? ""),
                JsonValueKind.Object => (Text(error, "code"), Text(error, "message") ?? body),
                _ => (null, body),
            };
        }
        catch (JsonException)
        {
            // a page of a proxy
            return (null, body);
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string text) => text.Length <= LongestMessage ? text : text[..LongestMessage] + "…";
}
