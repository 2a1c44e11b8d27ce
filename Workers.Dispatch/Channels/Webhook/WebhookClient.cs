using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Webhooks;
using Switchboard.Core.Postgres;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Webhook;

/// <summary>What came of one attempt.</summary>
/// <param name="At">When it began.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Headers">The headers of Standard Webhooks that were sent.</param>
/// <param name="Status">The answer's status; null when there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="Body">The beginning of the answer.</param>
/// <param name="RetryAfter">When it is to be tried again, where the answer says so.</param>
/// <param name="IsRefused">Whether it was not sent, since webhooks may not go there.</param>
internal sealed record WebhookAnswer(
    DateTimeOffset At,
    TimeSpan Took,
    IReadOnlyDictionary<string, string> Headers,
    int? Status,
    string? Error = null,
    string? Body = null,
    TimeSpan? RetryAfter = null,
    bool IsRefused = false);

/// <summary>
/// Posts webhooks: to addresses of the internet alone, without redirects, proxy or cookies. An answer is read for as long as a request may
/// take and as far as a person would look at it, whatever its length.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int KeptBytes = 2 * 1024;

    // more than this is not read: the connection is closed
    private const int ReadBytes = 64 * 1024;
    private const int HeaderKilobytes = 16;
    private static readonly TimeSpan Connect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _timeProvider;

    public WebhookClient(WebhookAddresses addresses, IOptions<WebhookDeliveryOptions> options, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = Connect,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = HeaderKilobytes,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            ConnectCallback = (context, cancellationToken) => addresses.ConnectAsync(context.DnsEndPoint, cancellationToken),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // counted here, with the answer's body
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Switchboard-Webhooks/1");
    }

    /// <summary>Posts a message once. It throws only when the caller gives up.</summary>
    public async Task<WebhookAnswer> PostAsync(
        Uri url, string messageId, string body, IReadOnlyList<string> secrets, CancellationToken cancellationToken)
    {
        var (at, begun) = (_timeProvider.GetUtcNow(), _timeProvider.GetTimestamp());
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = messageId,
            ["webhook-timestamp"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            ["webhook-signature"] = WebhookSecret.Sign(secrets, messageId, at, body),
        };
        using var timer = new CancellationTokenSource(_timeout, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url);
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = Json } };
            foreach (var (name, value) in headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            var answer = await ReadAsync(response.Content, either.Token, cancellationToken);
            return new(
                at, Took(), headers, (int)response.StatusCode, Body: answer,
                RetryAfter: RetryAfterHeader.Read(response.Headers, _timeProvider, LongestRetryAfter));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(at, Took(), headers, null, $"It did not answer within {_timeout.TotalSeconds} s.");
        }
        catch (HttpRequestException failed) when (failed.GetBaseException() is PrivateAddressException refused)
        {
            return new(at, Took(), headers, null, refused.Message, IsRefused: true);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or SocketException)
        {
            return new(at, Took(), headers, null, StorableText.Cut($"It cannot be reached: {failed.Message}", 500));
        }

        TimeSpan Took() => _timeProvider.GetElapsedTime(begun);
    }

    public void Dispose() => _http.Dispose();

    // the status has decided already: how the rest comes, or that it does not, changes nothing
    private static async Task<string?> ReadAsync(HttpContent content, CancellationToken cancellationToken, CancellationToken callers)
    {
        var kept = new byte[KeptBytes];
        var (length, read) = (0, 0);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var buffer = new byte[KeptBytes];
            while (read < ReadBytes && await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                read += count;
                var part = Math.Min(count, KeptBytes - length);
                buffer.AsSpan(0, part).CopyTo(kept.AsSpan(length));
                length += part;
            }
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException
            || (broken is OperationCanceledException && !callers.IsCancellationRequested))
        {
            // what there was is kept
        }

        return length == 0 ? null : StorableText.From(Encoding.UTF8.GetString(kept, 0, length));
    }
}
