using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Switchboard.Workers.Ingest.Providers.Gmail;

/// <summary>Sends a request and reads its answer; whatever goes wrong is a <see cref="GmailException"/>.</summary>
internal static class GmailHttp
{
    public static async Task<T> SendAsync<T>(
        HttpClient http, HttpRequestMessage request, JsonTypeInfo<T> type, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
                throw await GmailErrors.ReadAsync(response, time, cancellation);
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            return await JsonSerializer.DeserializeAsync(body, type, cancellation) ?? throw new JsonException("The answer is null.");
        }
        catch (JsonException reason)
        {
            throw new GmailException(GmailFailure.Unavailable, $"Gmail's answer is not what it should be: {reason.Message}", innerException: reason);
        }
        catch (ExecutionRejectedException reason)
        {
            throw new GmailException(GmailFailure.Unavailable, $"Gmail is not asked at the moment: {reason.Message}", innerException: reason);
        }
        catch (Exception reason) when (reason is HttpRequestException or IOException
            || (reason is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new GmailException(GmailFailure.Unavailable, $"Gmail is not reached: {reason.Message}", innerException: reason);
        }
    }
}
