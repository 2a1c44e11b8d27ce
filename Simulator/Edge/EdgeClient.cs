using System.Net;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Edge;

/// <summary>
/// Posts webhooks as a provider does: to one fixed address, with no resilience pipeline, since a provider's retries are what is simulated.
/// </summary>
internal sealed class EdgeClient : IDisposable
{
    private static readonly Uri Default = new("http://localhost:5080");

    // what Pub/Sub waits for an acknowledgement by default; Meta gives up sooner or later too
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
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
    public Task<HttpStatusCode?> PostAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        SendAsync<HttpStatusCode?>(request, Patience, static (response, _) => Task.FromResult<HttpStatusCode?>(response.StatusCode), cancellation);

    /// <summary>Posts and gives the whole answer; null when there was none in time, for whatever reason.</summary>
    public Task<EdgeAnswer?> AskAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellation) =>
        SendAsync<EdgeAnswer?>(request, patience, static async (response, stop) => new EdgeAnswer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(stop)), cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<T?> SendAsync<T>(
        HttpRequestMessage request, TimeSpan patience, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(patience);
        try
        {
            using var response = await _http.SendAsync(request, limited.Token);
            return await read(response, limited.Token);
        }
        catch (HttpRequestException)
        {
            return default;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return default;
        }
    }
}
