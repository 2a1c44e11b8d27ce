using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;

namespace Switchboard.Simulator.Microsoft;

/// <summary>Calls the addresses of subscriptions, which are anybody's: the handshake, and the notifications.</summary>
internal sealed class NotificationClient : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };

    /// <summary>Asks an address to echo a token as plain text within 10 s.</summary>
    /// <returns>What it did instead; null when it did.</returns>
    public async Task<string?> ValidateAsync(Uri address, CancellationToken cancellationToken)
    {
        // with what needs decoding, since many forget it
        var id = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var token = $"Validation: Testing client application reachability for subscription. Request-Id: {id}+/";
        var separator = address.Query.Length == 0 ? '?' : '&';
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{address.OriginalString}{separator}validationToken={Uri.EscapeDataString(token)}");
        request.Content = new StringContent("", System.Text.Encoding.UTF8, "text/plain");
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.StatusCode != HttpStatusCode.OK
                ? $"Notification endpoint must respond with 200 OK to validation request, not {(int)response.StatusCode}."
                : response.Content.Headers.ContentType?.MediaType != "text/plain" ? "The content type of the validation response must be text/plain."
                : body != token ? "The validation response is not the decoded validation token."
                : null;
        }
        catch (HttpRequestException)
        {
            return "The notification endpoint cannot be reached.";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "The request has timed out.";
        }
    }

    /// <summary>Posts and gives the status of the answer; null when there was none, for whatever reason.</summary>
    public async Task<HttpStatusCode?> PostAsync(Uri address, HttpContent content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
