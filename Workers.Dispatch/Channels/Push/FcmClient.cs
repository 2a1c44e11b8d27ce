using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Push;

/// <summary>
/// Firebase Cloud Messaging, HTTP v1 (https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages). It has no idempotency
/// key: a message that may have been sent is marked so that a second one takes the place of the first on the device.
/// </summary>
internal sealed class FcmClient(
    IHttpClientFactory clients, ServiceAccountTokens tokens, IOptions<FcmOptions> options, IOptions<PushOptions> push,
    TimeProvider timeProvider)
    : IAddressService
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "fcm";

    /// <summary>What the notification and the data may have, in bytes.</summary>
    public const int MaxPayload = 4_096;

    private const string NotConfigured = "Push by FCM is not configured: Fcm:ServiceAccount is to be the JSON of a service account's key.";

    private readonly FcmOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);

    public string Name => "fcm";

    public async Task<SendResult> SendAsync(string address, ChannelMessage message, CancellationToken cancellationToken)
    {
        if (_options.Key is not { } account)
            return new ProviderFailure(FailureKind.Permanent, NotConfigured);

        var content = PushContent.Of(message, push.Value);
        var left = content.SecondsLeft(timeProvider.GetUtcNow());
        if (left <= 0)
            return content.Expired;
        if (ReservedKey(content) is { } reserved)
            return new ProviderFailure(FailureKind.Permanent, $"The data has a field '{reserved}', which FCM keeps for itself.");
        if (content.Fit(MaxPayload, WriteCounted) is not { } fitted)
            return PushContent.TooLong("FCM", MaxPayload);

        try
        {
            var access = await tokens.GetAsync(account, cancellationToken);
            var path = new Uri($"v1/projects/{Uri.EscapeDataString(account.ProjectId)}/messages:send", UriKind.Relative);
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access);
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
                new FcmRequest(FcmMessage.Of(address, fitted, message, left)), PushJson.Compact.FcmRequest));
            request.Content.Headers.ContentType = new("application/json");
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.SendAsync(request, cancellationToken);
            return await ReadAsync(response, access, cancellationToken);
        }
        catch (Exception exception) when (ProviderFailure.Of("FCM", exception, _timeout, cancellationToken) is { } failure)
        {
            return failure;
        }
    }

    private async Task<SendResult> ReadAsync(HttpResponseMessage response, string access, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var reply = await response.ReadJsonAsync(PushJson.Default.FcmReply, cancellationToken);
        if (response.IsSuccessStatusCode)
            return reply?.Name is { Length: > 0 } name
                ? new SendResult.Accepted(name, status)
                : new ProviderFailure(FailureKind.UnknownOutcome, $"FCM answered HTTP {status} without a message's name.", status);

        if (status == 401)
            tokens.Forget(access);
        return FcmErrors.Of(status, reply?.Error, RetryAfterHeader.Read(response.Headers, timeProvider), _options);
    }

    private static byte[] WriteCounted(PushContent content) => JsonSerializer.SerializeToUtf8Bytes(
        new FcmMessage(null, new(content.Title, content.Body), content.Data, null, null, null), PushJson.Compact.FcmMessage);

    // "from", "message_type", and what begins with google. or gcm.; FCM would call them the token's fault
    private static string? ReservedKey(PushContent content) => content.Data.Keys.FirstOrDefault(key =>
        key is "from" or "message_type" || key.StartsWith("google", StringComparison.Ordinal)
            || key.StartsWith("gcm", StringComparison.Ordinal));
}

/// <summary>The body of <c>POST /v1/projects/{project}/messages:send</c>.</summary>
internal sealed record FcmRequest(FcmMessage Message);

internal sealed record FcmMessage(
    string? Token,
    FcmMessage.Shown Notification,
    IReadOnlyDictionary<string, string> Data,
    FcmMessage.AndroidConfig? Android,
    FcmMessage.WithHeaders? Apns,
    FcmMessage.WithHeaders? Webpush)
{
    public static FcmMessage Of(string token, PushContent content, ChannelMessage message, int secondsLeft)
    {
        var id = message.NotificationId.ToString();
        var isImmediate = PushUrgency.IsImmediate(message.Priority);
        var seconds = secondsLeft.ToString(CultureInfo.InvariantCulture);
        return new(
            token,
            new(content.Title, content.Body),
            content.Data,
            new(isImmediate ? "HIGH" : "NORMAL", $"{seconds}s", new(id)),
            new(new()
            {
                ["apns-priority"] = ApnsClient.PriorityOf(message.Priority),
                ["apns-expiration"] = content.ExpiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ["apns-collapse-id"] = id,
            }),
            new(new()
            {
                ["TTL"] = seconds,
                ["Urgency"] = PushUrgency.Of(message.Priority),
                ["Topic"] = message.NotificationId.ToString("N"),
            }));
    }

    internal sealed record Shown(string? Title, string Body);

    internal sealed record AndroidConfig(string Priority, string Ttl, AndroidNotification Notification);

    /// <param name="Tag">A notification with the same tag takes the place of the one before.</param>
    internal sealed record AndroidNotification(string Tag);

    internal sealed record WithHeaders(Dictionary<string, string> Headers);
}

/// <summary>The answer: the message's name, or an error.</summary>
internal sealed record FcmReply(string? Name, FcmReply.ErrorContent? Error)
{
    /// <param name="Status">Google's status: <c>INVALID_ARGUMENT</c>.</param>
    /// <param name="Message">For people.</param>
    /// <param name="Details">Of several types: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode.</param>
    internal sealed record ErrorContent(string? Status, string? Message, IReadOnlyList<Detail>? Details);

    internal sealed record Detail(
        [property: JsonPropertyName("@type")] string? Type, [property: JsonPropertyName("errorCode")] string? ErrorCode);
}
