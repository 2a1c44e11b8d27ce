using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Sends a request and reads its answer; whatever goes wrong is a <see cref="GmailException"/>.</summary>
internal static class GmailHttp
{
    public static async Task<T> SendAsync<T>(
        HttpClient http, HttpRequestMessage request, JsonTypeInfo<T> type, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await GmailErrors.ReadAsync(response, timeProvider, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, type, cancellationToken) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException reason)
        {
            throw new GmailException(
                GmailFailure.Unavailable, $"Gmail's answer is not what it should be: {reason.Message}", innerException: reason);
        }
        catch (ExecutionRejectedException reason)
        {
            throw new GmailException(
                GmailFailure.Unavailable, $"Gmail is not asked at the moment: {reason.Message}", innerException: reason);
        }
        catch (Exception reason) when (reason is HttpRequestException or IOException
            || (reason is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new GmailException(GmailFailure.Unavailable, $"Gmail is not reached: {reason.Message}", innerException: reason);
        }
    }
}

/// <summary>
/// Reads error answers: of the API <c>{"error": {"code", "message", "errors": [{"reason"}]}}</c> (Gmail: Resolve errors), of the token
/// endpoint <c>{"error", "error_description"}</c> (RFC 6749, 5.2).
/// </summary>
internal static class GmailErrors
{
    // enough of it for a person to see what it is
    private const int LongestMessage = 500;

    public static async Task<GmailException> ReadAsync(
        HttpResponseMessage response, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        var (message, reason) = Parse(body);
        var retryAfter = RetryAfter(response, timeProvider);
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
        var text = string.Create(
            CultureInfo.InvariantCulture, $"Gmail answered {status}{(reason.Length > 0 ? $" {reason}" : "")}: {message}");
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

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider timeProvider) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > timeProvider.GetUtcNow() => date - timeProvider.GetUtcNow(),
        _ => null,
    };
}

/// <summary>Gmail did not do what it was asked for.</summary>
/// <param name="failure">What kind of failure it is.</param>
/// <param name="message">What Gmail said.</param>
/// <param name="status">The HTTP status; null when there was no answer.</param>
/// <param name="retryAfter">When to come again, if Gmail said so.</param>
/// <param name="innerException">Where there was no answer: why.</param>
internal sealed class GmailException(
    GmailFailure failure, string message, int? status = null, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public GmailFailure Failure { get; } = failure;

    public int? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>For <see cref="GmailFailure.GrantRevoked"/>: the refresh token that was not taken, encrypted as it is stored.</summary>
    public byte[]? Grant { get; init; }
}

/// <summary>The kinds of failure that are dealt with differently.</summary>
internal enum GmailFailure
{
    /// <summary>No answer, a 5xx, or an answer that makes no sense: later it may work.</summary>
    Unavailable,

    /// <summary>Too many requests: later, not sooner than Gmail says.</summary>
    Limited,

    /// <summary>What was asked for is not there (any more).</summary>
    NotFound,

    /// <summary>The access token is not taken (any more).</summary>
    Unauthorized,

    /// <summary>The user has taken their consent back, or it has expired: only they can mend it.</summary>
    GrantRevoked,

    /// <summary>Gmail will not do it, however often it is asked.</summary>
    Refused,
}
