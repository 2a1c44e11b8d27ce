using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>Posts SMS to Twilio, each once, and says what became of them.</summary>
internal sealed class TwilioClient(IHttpClientFactory clients, IOptions<TwilioOptions> options, TimeProvider timeProvider)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "twilio";

    private readonly TwilioOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
    private readonly Uri _path = new($"2010-04-01/Accounts/{Uri.EscapeDataString(options.Value.AccountSid)}/Messages.json", UriKind.Relative);

    /// <summary>Posts an SMS.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the SMS may have been sent.</exception>
    public async Task<SendResult> PostAsync(TwilioMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new FormUrlEncodedContent(Fields(message));
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.PostAsync(_path, content, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
        catch (Exception exception) when (ProviderFailure.Of("Twilio", exception, _timeout, cancellationToken) is { } failure)
        {
            return failure;
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Fields(TwilioMessage message)
    {
        yield return new("To", message.To);
        yield return new("Body", MessageLength.Cut(Core.Notifications.Channels.SmsChannel, message.Body));
        yield return string.IsNullOrWhiteSpace(_options.From)
            ? new("MessagingServiceSid", _options.MessagingServiceSid!)
            : new("From", _options.From);
        if (message.NotificationId is { } id && !string.IsNullOrWhiteSpace(_options.PublicBaseUrl))
            yield return new("StatusCallback", $"{_options.PublicBaseUrl.TrimEnd('/')}/api/sms/status?notification={id}");
    }

    private async Task<SendResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var reply = await response.ReadJsonAsync(TwilioJson.Default.TwilioReply, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return TwilioErrors.Of(status, reply, RetryAfterHeader.Read(response.Headers, timeProvider), _options);
        return reply?.Sid is { Length: > 0 } sid
            ? new SendResult.Accepted(sid, status)
            : new ProviderFailure(FailureKind.UnknownOutcome, $"Twilio answered HTTP {status} without a message's sid.", status);
    }
}

/// <summary>
/// An SMS to send by <c>POST /2010-04-01/Accounts/{sid}/Messages.json</c>
/// (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource).
/// </summary>
/// <param name="To">The recipient's number, in E.164.</param>
/// <param name="Body">What it says; cut where <see cref="Core.Notifications.Channels.SmsChannel"/> ends.</param>
/// <param name="NotificationId">Whose status callbacks are wanted; null wants none.</param>
internal sealed record TwilioMessage(string To, string Body, Guid? NotificationId = null);

/// <summary>The answer to a send: the message that was made, or an error.</summary>
/// <param name="Sid">The message's id.</param>
/// <param name="Code">The error: https://www.twilio.com/docs/api/errors.</param>
/// <param name="Message">What it says.</param>
internal sealed record TwilioReply(string? Sid, int? Code, string? Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioReply))]
internal sealed partial class TwilioJson : JsonSerializerContext;
