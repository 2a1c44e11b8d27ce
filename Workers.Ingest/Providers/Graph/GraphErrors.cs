using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Sends a request and reads its answer; whatever goes wrong is a <see cref="GraphException"/>.</summary>
internal static class GraphHttp
{
    /// <summary>Reads the answer as it comes in.</summary>
    public static Task<T> SendAsync<T>(
        HttpClient http, HttpRequestMessage request, JsonTypeInfo<T> type, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        SendAsync(
            http,
            request,
            async response =>
            {
                await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
                return await JsonSerializer.DeserializeAsync(body, type, cancellationToken) ?? throw new JsonException(
                    "The answer is null.");
            },
            timeProvider,
            cancellationToken);

    /// <summary>For an answer that says nothing but that it is done.</summary>
    public static Task SendAsync(
        HttpClient http, HttpRequestMessage request, TimeProvider timeProvider, CancellationToken cancellationToken) =>
        SendAsync(http, request, _ => Task.FromResult(true), timeProvider, cancellationToken);

    private static async Task<T> SendAsync<T>(
        HttpClient http,
        HttpRequestMessage request,
        Func<HttpResponseMessage, Task<T>> read,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (!response.IsSuccessStatusCode)
                throw await GraphErrors.ReadAsync(response, timeProvider, cancellationToken);
            return await read(response);
        }
        catch (JsonException reason)
        {
            throw new GraphException(
                GraphFailure.Unavailable, $"Graph's answer is not what it should be: {reason.Message}", innerException: reason);
        }
        catch (ExecutionRejectedException reason)
        {
            throw new GraphException(
                GraphFailure.Unavailable, $"Graph is not asked at the moment: {reason.Message}", innerException: reason);
        }
        catch (Exception reason) when (reason is HttpRequestException or IOException
            || (reason is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new GraphException(GraphFailure.Unavailable, $"Graph is not reached: {reason.Message}", innerException: reason);
        }
    }
}

/// <summary>
/// Reads error answers: of the API <c>{"error": {"code", "message"}}</c>, of the token endpoint <c>{"error", "error_description"}</c>
/// (RFC 6749, 5.2).
/// </summary>
internal static class GraphErrors
{
    // enough of it for a person to see what it is
    private const int LongestMessage = 500;

    public static async Task<GraphException> ReadAsync(
        HttpResponseMessage response, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var (code, message) = Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? RetryAfter(values.FirstOrDefault(), timeProvider) : null;
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
    public static TimeSpan? RetryAfter(string? value, TimeProvider timeProvider) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
        : DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            && date > timeProvider.GetUtcNow() ? date - timeProvider.GetUtcNow()
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

/// <summary>Graph did not do what it was asked for.</summary>
/// <param name="failure">What kind of failure it is.</param>
/// <param name="message">What Graph said.</param>
/// <param name="status">The HTTP status; null when there was no answer.</param>
/// <param name="retryAfter">When to come again, if Graph said so.</param>
/// <param name="innerException">Where there was no answer: why.</param>
internal sealed class GraphException(
    GraphFailure failure, string message, int? status = null, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    public GraphFailure Failure { get; } = failure;

    public int? Status { get; } = status;

    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>For <see cref="GraphFailure.GrantRevoked"/>: the refresh token that was not taken, encrypted as it is stored.</summary>
    public byte[]? Grant { get; init; }
}

/// <summary>The kinds of failure that are dealt with differently.</summary>
internal enum GraphFailure
{
    /// <summary>No answer, a 5xx, or an answer that makes no sense: later it may work.</summary>
    Unavailable,

    /// <summary>Too many requests: later, not sooner than Graph says.</summary>
    Limited,

    /// <summary>What was asked for is not there (any more).</summary>
    NotFound,

    /// <summary>The place from where to read on is not known any more: begin again.</summary>
    StaleState,

    /// <summary>The access token is not taken (any more).</summary>
    Unauthorized,

    /// <summary>The user has taken their consent back, or it has expired: only they can mend it.</summary>
    GrantRevoked,

    /// <summary>Graph will not do it, however often it is asked.</summary>
    Refused,
}
