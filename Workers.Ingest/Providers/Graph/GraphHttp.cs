using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Polly;

namespace Switchboard.Workers.Ingest.Providers.Graph;

/// <summary>Sends a request and reads its answer; whatever goes wrong is a <see cref="GraphException"/>.</summary>
internal static class GraphHttp
{
    /// <summary>Reads the answer as it comes in.</summary>
    public static Task<T> SendAsync<T>(
        HttpClient http, HttpRequestMessage request, JsonTypeInfo<T> type, TimeProvider time, CancellationToken cancellation) =>
        SendAsync(
            http,
            request,
            async response =>
            {
                await using var body = await response.Content.ReadAsStreamAsync(cancellation);
                return await JsonSerializer.DeserializeAsync(body, type, cancellation) ?? throw new JsonException("The answer is null.");
            },
            time,
            cancellation);

    /// <summary>For an answer that says nothing but that it is done.</summary>
    public static Task SendAsync(HttpClient http, HttpRequestMessage request, TimeProvider time, CancellationToken cancellation) =>
        SendAsync(http, request, _ => Task.FromResult(true), time, cancellation);

    private static async Task<T> SendAsync<T>(
        HttpClient http,
        HttpRequestMessage request,
        Func<HttpResponseMessage, Task<T>> read,
        TimeProvider time,
        CancellationToken cancellation)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!response.IsSuccessStatusCode)
                throw await GraphErrors.ReadAsync(response, time, cancellation);
            return await read(response);
        }
        catch (JsonException reason)
        {
            throw new GraphException(GraphFailure.Unavailable, $"Graph's answer is not what it should be: {reason.Message}", innerException: reason);
        }
        catch (ExecutionRejectedException reason)
        {
            throw new GraphException(GraphFailure.Unavailable, $"Graph is not asked at the moment: {reason.Message}", innerException: reason);
        }
        catch (Exception reason) when (reason is HttpRequestException or IOException
            || (reason is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new GraphException(GraphFailure.Unavailable, $"Graph is not reached: {reason.Message}", innerException: reason);
        }
    }
}
