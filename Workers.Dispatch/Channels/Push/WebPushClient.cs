using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Npgsql;
using Switchboard.Core.Diagnostics;
using Switchboard.Core.Providers;
using Switchboard.ServiceDefaults.Tracing;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>
/// Web push (RFC 8030) to the push service that a browser's subscription names: encrypted for the browser, signed by our key, called only
/// at a public address. The notification's id is the topic: one that may have been sent is replaced by its repetition.
/// </summary>
internal sealed class WebPushClient(
    IHttpClientFactory clients, VapidTokens vapid, IOptions<WebPushOptions> options, IOptions<PushOptions> push, TimeProvider timeProvider)
    : IAddressService
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "web-push";

    private const string NotConfigured =
        "Web push is not configured: WebPush:Subject is to be where push services reach the operator, a mailto: or https: address.";

    private static readonly TimeSpan DatabaseRetry = TimeSpan.FromSeconds(1);

    private readonly WebPushOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);

    public string Name => "web";

    public async Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken)
    {
        if (_options.Subject.Length == 0)
            return new ProviderFailure(FailureKind.Permanent, NotConfigured);

        var content = PushContent.Of(message, push.Value);
        var left = content.SecondsLeft(timeProvider.GetUtcNow());
        if (left <= 0)
            return content.Expired;
        if (content.Fit(WebPushEncryption.MaxPlain, Write) is not { } fitted)
            return PushContent.TooLong("web push", WebPushEncryption.MaxPlain);
        if (WebPushSubscription.Read(address) is not { } subscription)
            return Dead("It is no subscription: {endpoint, keys: {p256dh, auth}} with an address and keys in base64url.");
        if (!_options.Takes(subscription.Url))
            return Dead("The subscription's endpoint is not an https address.");

        try
        {
            var body = WebPushEncryption.Encrypt(Write(fitted), subscription.BrowserKey, subscription.AuthSecret);
            return await PostAsync(subscription.Url, body, message, left, cancellationToken);
        }
        catch (CryptographicException)
        {
            return Dead("The subscription's p256dh is no point of P-256.");
        }
        catch (NpgsqlException exception)
        {
            return new SendResult.Deferred($"The key of web push cannot be looked up: {LoggedException.Reason(exception)}", DatabaseRetry);
        }
        catch (Exception exception) when (ProviderFailure.Of("The push service", exception, _timeout, cancellationToken) is { } failure)
        {
            return failure;
        }
    }

    private async Task<SendResult> PostAsync(
        Uri endpoint, byte[] body, ChannelMessage message, int secondsLeft, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.HideAddress();
        request.Headers.Authorization = await vapid.SignAsync(endpoint, cancellationToken);
        request.Headers.Add("TTL", secondsLeft.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Urgency", PushUrgency.Of(message.Priority));
        request.Headers.Add("Topic", message.NotificationId.ToString("N"));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentEncoding.Add("aes128gcm");

        using var http = clients.CreateClient(HttpClientName);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var status = (int)response.StatusCode;

        // the body says nothing that decides, and its sender is unknown; Location would let who reads it take the message back
        return response.IsSuccessStatusCode
            ? new SendResult.Accepted(message.NotificationId.ToString(), status)
            : Failure(status, RetryAfterHeader.Read(response.Headers, timeProvider));
    }

    private ProviderFailure Failure(int status, TimeSpan? retryAfter)
    {
        var text = $"The push service answered HTTP {status}.";
        return status switch
        {
            404 or 410 => new(FailureKind.NotFound, text, status),

            // what it does not take is the signature: the subscription is of another key, or ours is not what it should be
            400 or 401 or 403 => new(FailureKind.Unauthorized, text, status, retryAfter ?? TimeSpan.FromSeconds(_options.AccountSeconds)),
            429 => new(FailureKind.Throttled, text, status, retryAfter ?? TimeSpan.FromSeconds(_options.BusySeconds)),
            >= 500 => new(FailureKind.Transient, text, status, retryAfter),
            _ => new(FailureKind.Permanent, text, status),
        };
    }

    private static ProviderFailure Dead(string reason) => new(FailureKind.NotFound, reason);

    private static byte[] Write(PushContent content) => JsonSerializer.SerializeToUtf8Bytes(
        new WebPushPayload(content.Title, content.Body, content.Data), PushJson.Compact.WebPushPayload);
}

/// <summary>What a page's service worker gets: <c>event.data.json()</c>.</summary>
internal sealed record WebPushPayload(string? Title, string Body, IReadOnlyDictionary<string, string> Data);

/// <summary>A subscription, as <c>PushSubscription.toJSON()</c> gives it.</summary>
internal sealed record WebPushSubscription(string? Endpoint, Dictionary<string, string>? Keys)
{
    internal Uri Url { get; private init; } = null!;

    internal byte[] BrowserKey { get; private init; } = [];

    internal byte[] AuthSecret { get; private init; } = [];

    /// <summary>Reads one; null when it is none.</summary>
    public static WebPushSubscription? Read(string json)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, PushJson.Default.WebPushSubscription);
            return read is { Keys: { } keys } && Uri.TryCreate(read.Endpoint, UriKind.Absolute, out var url)
                && keys.TryGetValue("p256dh", out var key) && keys.TryGetValue("auth", out var secret)
                ? read with { Url = url, BrowserKey = Base64Url.DecodeFromChars(key), AuthSecret = Base64Url.DecodeFromChars(secret) }
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return null;
        }
    }
}
