using System.Net;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Control;

/// <summary>
/// Posts webhooks as a provider does, to the edge or to whatever address was registered: with no resilience pipeline, since a provider's
/// retries are what is simulated.
/// </summary>
internal sealed class EdgeClient : IDisposable
{
    private static readonly Uri Default = new("http://localhost:5080");

    // what Pub/Sub waits for an acknowledgement by default; Meta gives up sooner or later too
    private static readonly TimeSpan AcknowledgementTimeout = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    });

    public EdgeClient(IOptions<SimulatorOptions> options, IConfiguration configuration)
    {
        Address = options.Value.EdgeUrl ?? configuration.GetValue<Uri>("services:edge-api:http:0") ?? Default;
        _http.BaseAddress = Address;
        _http.Timeout = Timeout.InfiniteTimeSpan;
    }

    /// <summary>Where the webhooks go.</summary>
    public Uri Address { get; }

    /// <summary>Posts and gives the status of the answer; null when there was none, for whatever reason.</summary>
    public Task<HttpStatusCode?> PostAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        OrNullAsync(SendAsync<HttpStatusCode?>(
            request, AcknowledgementTimeout, static (response, _) => Task.FromResult<HttpStatusCode?>(response.StatusCode),
            cancellationToken));

    /// <summary>Posts and gives the whole answer; null when there was none in time, for whatever reason.</summary>
    public Task<EdgeAnswer?> AskAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancellationToken) =>
        OrNullAsync(SendAsync<EdgeAnswer?>(
            request, timeout, static async (response, token) => await ReadAsync(response, token), cancellationToken));

    /// <summary>Posts and gives the whole answer.</summary>
    /// <exception cref="HttpRequestException">Nobody can be reached there.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public Task<EdgeAnswer> AskOrThrowAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, AcknowledgementTimeout, ReadAsync, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<T> SendAsync<T>(
        HttpRequestMessage request, TimeSpan timeout, Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(timeout);
        try
        {
            using var response = await _http.SendAsync(request, limited.Token);
            return await read(response, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{request.RequestUri} did not answer within {timeout.TotalSeconds} s.");
        }
    }

    private static async Task<EdgeAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) => new(
        (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType,
        await response.Content.ReadAsStringAsync(cancellationToken));

    private static async Task<T?> OrNullAsync<T>(Task<T?> answer)
    {
        try
        {
            return await answer;
        }
        catch (Exception error) when (error is HttpRequestException or TimeoutException)
        {
            return default;
        }
    }
}

/// <summary>What the edge answered to a webhook.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="MediaType">The content type, without its parameters.</param>
/// <param name="Body">The body, as text.</param>
internal sealed record EdgeAnswer(int Status, string? MediaType, string Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>When a webhook that was not accepted goes out again.</summary>
internal static class Redelivery
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>100 ms after the first failure, twice that after each further one, 5 s at the most.</summary>
    /// <param name="failures">How often it failed, from 1.</param>
    public static TimeSpan After(int failures)
    {
        var delay = First * Math.Pow(2, Math.Min(failures, 16) - 1);
        return delay < Longest ? delay : Longest;
    }
}
