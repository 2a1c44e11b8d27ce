using Microsoft.Extensions.Options;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Providers;

namespace Switchboard.Workers.Dispatch.Channels.Sms;

/// <summary>Posts texts to Twilio, each once, and says what became of them.</summary>
internal sealed class TwilioClient(IHttpClientFactory clients, IOptions<TwilioOptions> options, TimeProvider time)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "twilio";

    private readonly TwilioOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
    private readonly Uri _path = new($"2010-04-01/Accounts/{Uri.EscapeDataString(options.Value.AccountSid)}/Messages.json", UriKind.Relative);

    /// <summary>Posts a text.</summary>
    /// <returns>The answer, and Twilio's code if it is an error.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the text may have been sent.</exception>
    public async Task<(SendResult Answer, int? Code)> PostAsync(TwilioMessage message, CancellationToken cancellation)
    {
        try
        {
            using var content = new FormUrlEncodedContent(Fields(message));
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.PostAsync(_path, content, cancellation);
            return await ReadAsync(response, cancellation);
        }
        catch (Exception exception) when (ProviderAnswers.Of("Twilio", exception, _timeout, cancellation) is { } answer)
        {
            return (answer, null);
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Fields(TwilioMessage message)
    {
        yield return new("To", message.To);
        yield return new("Body", MessageText.Cut(message.Body, TwilioMessage.MaxBody));
        yield return string.IsNullOrWhiteSpace(_options.From)
            ? new("MessagingServiceSid", _options.MessagingServiceSid!)
            : new("From", _options.From);
        if (message.NotificationId is { } id && !string.IsNullOrWhiteSpace(_options.PublicBaseUrl))
            yield return new("StatusCallback", $"{_options.PublicBaseUrl.TrimEnd('/')}/api/sms/status?notification={id}");
    }

    private async Task<(SendResult, int?)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var reply = await ProviderAnswers.ReadAsync(response, TwilioJson.Default.TwilioReply, cancellation);
        if (!response.IsSuccessStatusCode)
            return (TwilioErrors.Answer(status, reply, ProviderAnswers.RetryAfter(response.Headers.RetryAfter, time), _options), reply?.Code);
        return reply?.Sid is { Length: > 0 } sid
            ? (new SendResult.Accepted(sid, status), null)
            : (new SendResult.Unanswered($"Twilio answered HTTP {status} without a message's sid.", status), null);
    }
}
