using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Core.Jobs;
using Switchboard.Core.Providers;
using Switchboard.ServiceDefaults.Tracing;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>
/// Apple's push service, over HTTP/2
/// (https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns). The notification's id is that of
/// the message and collapses it: one that may have been sent is replaced by its repetition.
/// </summary>
internal sealed class ApnsClient(
    IHttpClientFactory clients, ApnsTokens tokens, IOptions<ApnsOptions> options, IOptions<PushOptions> push, TimeProvider timeProvider)
    : IAddressService
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "apns";

    /// <summary>The longest payload, in bytes.</summary>
    public const int MaxPayload = 4_096;

    private const string NotConfigured =
        "Push by APNs is not configured: Apns:KeyId, Apns:TeamId, Apns:PrivateKey and Apns:Topic are to be those of the app.";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ApnsOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);

    public string Name => "apns";

    public async Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken)
    {
        if (!_options.IsConfigured)
            return new ProviderFailure(FailureKind.Permanent, NotConfigured);

        var content = PushContent.Of(message, push.Value);
        if (content.SecondsLeft(timeProvider.GetUtcNow()) <= 0)
            return content.Expired;
        if (content.Fit(MaxPayload, Write) is not { } fitted)
            return PushContent.TooLong("APNs", MaxPayload);

        try
        {
            var token = tokens.Get();
            var answer = await PostAsync(address, message, fitted, token, cancellationToken);
            if (answer is not SendResult.Failed { Failure.Code: ApnsErrors.ExpiredToken })
                return answer;

            // the clock of one of the two is wrong, or it lay in a queue: a new one, once
            return await PostAsync(address, message, fitted, tokens.Renew(token), cancellationToken);
        }
        catch (Exception exception) when (ProviderFailure.Of("APNs", exception, _timeout, cancellationToken) is { } failure)
        {
            return failure;
        }
    }

    /// <summary>The header <c>apns-priority</c>: 10 is at once, 5 when it costs little power.</summary>
    public static string PriorityOf(JobPriority priority) => PushUrgency.IsImmediate(priority) ? "10" : "5";

    private async Task<SendResult> PostAsync(
        string address, ChannelMessage message, PushContent content, string token, CancellationToken cancellationToken)
    {
        var id = message.NotificationId.ToString();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"3/device/{Uri.EscapeDataString(address)}", UriKind.Relative));
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        request.HideAddress();
        request.Headers.Authorization = new AuthenticationHeaderValue("bearer", token);
        request.Headers.Add("apns-id", id);
        request.Headers.Add("apns-collapse-id", id);
        request.Headers.Add("apns-topic", _options.Topic);
        request.Headers.Add("apns-push-type", "alert");
        request.Headers.Add("apns-priority", PriorityOf(message.Priority));
        request.Headers.Add("apns-expiration", content.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Content = new ByteArrayContent(Write(content));
        request.Content.Headers.ContentType = Json;

        using var http = clients.CreateClient(HttpClientName);
        using var response = await http.SendAsync(request, cancellationToken);
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return new SendResult.Accepted(response.Headers.TryGetValues("apns-id", out var ids) ? ids.First() : id, status);
        var reply = await response.ReadJsonAsync(PushJson.Default.ApnsReply, cancellationToken);
        return ApnsErrors.Of(status, reply?.Reason, RetryAfterHeader.Read(response.Headers, timeProvider), _options);
    }

    private static byte[] Write(PushContent content) => JsonSerializer.SerializeToUtf8Bytes(
        new ApnsPayload(new(new(content.Title, content.Body), "default"), content.Data), PushJson.Compact.ApnsPayload);
}

/// <summary>The body of <c>POST /3/device/{token}</c>: what is shown, and what the app reads.</summary>
internal sealed record ApnsPayload(ApnsPayload.ShownBySystem Aps, IReadOnlyDictionary<string, string> Data)
{
    internal sealed record ShownBySystem(Alert Alert, string Sound);

    internal sealed record Alert(string? Title, string Body);
}

/// <summary>The answer to what was refused.</summary>
internal sealed record ApnsReply(string? Reason);
