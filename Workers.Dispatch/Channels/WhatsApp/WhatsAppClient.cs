using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Switchboard.Workers.Dispatch.Channels;
using Switchboard.Workers.Dispatch.Providers;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>Posts messages to the Cloud API, each once, and says what became of them.</summary>
internal sealed class WhatsAppClient(IHttpClientFactory clients, IOptions<WhatsAppOptions> options, TimeProvider time)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "whatsapp";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly WhatsAppOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
    private readonly string _path = $"{options.Value.ApiVersion}/{options.Value.PhoneNumberId}/messages";

    /// <summary>Posts a message.</summary>
    /// <returns>The answer, and WhatsApp's code if it is an error.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the message may have been sent.</exception>
    public async Task<(SendResult Answer, int? Code)> PostAsync(WhatsAppMessage message, CancellationToken cancellation)
    {
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, WhatsAppJson.Default.WhatsAppMessage));
            content.Headers.ContentType = Json;
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.PostAsync(new Uri(_path, UriKind.Relative), content, cancellation);
            return await ReadAsync(response, cancellation);
        }
        catch (Exception exception) when (ProviderAnswers.Of("WhatsApp", exception, _timeout, cancellation) is { } answer)
        {
            return (answer, null);
        }
    }

    private async Task<(SendResult, int?)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var reply = await ProviderAnswers.ReadAsync(response, WhatsAppJson.Default.WhatsAppReply, cancellation);
        if (!response.IsSuccessStatusCode)
            return (WhatsAppErrors.Answer(status, reply?.Error, ProviderAnswers.RetryAfter(response.Headers.RetryAfter, time), _options), reply?.Error?.Code);
        return reply?.Messages is [{ Id: { Length: > 0 } id }, ..]
            ? (new SendResult.Accepted(id, status), null)
            : (new SendResult.Unanswered($"WhatsApp answered HTTP {status} without a message id.", status), null);
    }
}
