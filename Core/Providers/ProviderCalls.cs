using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Switchboard.Core.Postgres;

namespace Switchboard.Core.Providers;

/// <summary>What an error answer means, by its status, its code and its message, and the wait that its header names.</summary>
public delegate ProviderFailure ErrorMapping(int status, string? code, string message, TimeSpan? retryAfter);

/// <summary>
/// Calls a provider's API for callers that go on only with an answer: whatever else comes of a call is a <see cref="ProviderException"/>.
/// </summary>
/// <param name="provider">The provider's name, for people.</param>
/// <param name="http">Its client.</param>
/// <param name="timeout">How long its client lets a call take; the reading of the answer may take as long again.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="errors">Says what its error answers mean.</param>
/// <param name="largestAnswer">How many bytes an answer may have, where a user named the server that gives it; null for any.</param>
public sealed class ProviderCalls(
    string provider, HttpClient http, TimeSpan timeout, TimeProvider timeProvider, ErrorMapping errors, int? largestAnswer = null)
{
    /// <summary>The largest answer of what says who somebody is, or gives a token.</summary>
    public const int SmallAnswer = 1024 * 1024;

    // enough of it for a person to see what it is
    private const int LongestMessage = 500;

    // more is no error of an API, but a gateway's page, or worse
    private const int LargestError = 64 * 1024;

    /// <summary>Sends a request and reads its answer as it comes in.</summary>
    public Task<T> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancellationToken) => SendAsync(
        request,
        async (content, token) =>
        {
            await using var body = await content.ReadAsStreamAsync(token);
            return await JsonSerializer.DeserializeAsync(body, type, token) ?? throw new JsonException("The answer is null.");
        },
        cancellationToken);

    /// <summary>Sends a request whose answer says nothing but that it is done.</summary>
    public Task SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, static (_, _) => Task.FromResult(true), cancellationToken);

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, Func<HttpContent, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            using var timer = new CancellationTokenSource(timeout, timeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
            if (!response.IsSuccessStatusCode)
                throw new ProviderException(await ReadErrorAsync(response, cancellationToken));
            if (largestAnswer is { } most)
                await response.Content.LoadIntoBufferAsync(most, either.Token);
            return await read(response.Content, either.Token);
        }
        catch (JsonException reason)
        {
            throw new ProviderException(
                FailureKind.Transient,
                $"{provider}'s answer is not what it should be (line {reason.LineNumber}, byte {reason.BytePositionInLine}).",
                reason);
        }
        catch (Exception reason) when (
            reason is not ProviderException && ProviderFailure.Of(provider, reason, timeout, cancellationToken) is { } failure)
        {
            throw new ProviderException(failure, reason);
        }
    }

    private async Task<ProviderFailure> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var (code, message) = Parse(await response.ReadStartAsync(LargestError, timeout, timeProvider, cancellationToken));
        return errors(
            (int)response.StatusCode,
            code,
            StorableText.Cut(message, LongestMessage),
            RetryAfterHeader.Read(response.Headers, timeProvider));
    }

    // {"error": {"code" or "status", "message", "errors" or "details": [{"reason"}]}} of an API (Google, Microsoft),
    // {"error": {"code": a number, "type", "message"}} (Meta), {"error", "error_description"} of a token endpoint (RFC 6749, 5.2),
    // {"error", "message"} (AT Protocol)
    private static (string? Code, string Message) Parse(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error))
                return (null, body);
            return error.ValueKind switch
            {
                JsonValueKind.String => (
                    error.GetString(), Text(json.RootElement, "error_description") ?? Text(json.RootElement, "message") ?? ""),
                JsonValueKind.Object => (
                    Reason(error, "errors") ?? Reason(error, "details") ?? Text(error, "status") ?? Text(error, "code")
                        ?? NumberOfMeta(error),
                    Text(error, "message") ?? body),
                _ => (null, body),
            };
        }
        catch (Exception reason) when (reason is JsonException or InvalidOperationException)
        {
            return (null, body); // a gateway's page, or a text with half a character (JsonElement.GetString)
        }
    }

    private static string? Reason(JsonElement error, string list) =>
        error.TryGetProperty(list, out var items) && items.ValueKind == JsonValueKind.Array
            ? items.EnumerateArray().Select(item => Text(item, "reason")).FirstOrDefault(reason => reason is not null)
            : null;

    private static string? NumberOfMeta(JsonElement error) =>
        error.TryGetProperty("type", out _) && error.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Number
            ? code.GetRawText()
            : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
