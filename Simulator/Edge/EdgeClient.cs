using System.Net;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Edge;

/// <summary>
/// Posts webhooks as a provider does: to one fixed address, with no resilience pipeline, since a provider's retries are what is simulated.
/// </summary>
internal sealed class EdgeClient : IDisposable
{
    private static readonly Uri Default = new("http://localhost:5080");
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
        // what Pub/Sub waits for an acknowledgement by default; Meta gives up sooner or later too
        _http.Timeout = TimeSpan.FromSeconds(10);
    }

    /// <summary>Where the webhooks go.</summary>
    public Uri Address { get; }

    /// <summary>Posts and gives the status of the answer; null when there was none, for whatever reason.</summary>
    public async Task<HttpStatusCode?> PostAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
