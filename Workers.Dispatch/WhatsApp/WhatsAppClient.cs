using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Switchboard.Workers.Dispatch.Channels;

namespace Switchboard.Workers.Dispatch.WhatsApp;

/// <summary>Posts messages to the Cloud API, each once, and says what became of them.</summary>
internal sealed class WhatsAppClient(IHttpClientFactory clients, IOptions<WhatsAppOptions> options, TimeProvider time)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "whatsapp";

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CircuitBreak = TimeSpan.FromSeconds(5);

    private readonly WhatsAppOptions _options = options.Value;
    private readonly string _path = $"{options.Value.ApiVersion}/{options.Value.PhoneNumberId}/messages";

    /// <summary>Posts a message.</summary>
    /// <returns>The answer, and WhatsApp's code if it is an error.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled; the message may have been sent.</exception>
    public async Task<(ChannelAnswer Answer, int? Code)> PostAsync(WhatsAppMessage message, CancellationToken cancellation)
    {
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, WhatsAppJson.Default.WhatsAppMessage));
            content.Headers.ContentType = Json;
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.PostAsync(new Uri(_path, UriKind.Relative), content, cancellation);
            return await ReadAsync(response, cancellation);
        }
        catch (BrokenCircuitException exception)
        {
            return (new ChannelAnswer.NotTried("WhatsApp's circuit is open: too many requests failed.", exception.RetryAfter ?? CircuitBreak), null);
        }
        catch (TimeoutRejectedException)
        {
            return (new ChannelAnswer.Unanswered($"WhatsApp did not answer within {_options.TimeoutSeconds} s."), null);
        }
        catch (ExecutionRejectedException exception)
        {
            return (new ChannelAnswer.NotTried($"Too many requests to WhatsApp are under way: {exception.Message}", Busy), null);
        }
        catch (HttpRequestException exception) when (NeverArrived(exception))
        {
            return (new ChannelAnswer.Unavailable($"WhatsApp cannot be reached: {exception.Message}"), null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return (new ChannelAnswer.Unanswered($"The connection to WhatsApp broke: {exception.Message}"), null);
        }
        catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
        {
            return (new ChannelAnswer.Unanswered($"The request to WhatsApp was given up: {exception.Message}"), null);
        }
    }

    private async Task<(ChannelAnswer, int?)> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var reply = await ParseAsync(response, cancellation);
        if (!response.IsSuccessStatusCode)
            return (WhatsAppErrors.Answer(status, reply?.Error, RetryAfter(response.Headers.RetryAfter), _options), reply?.Error?.Code);
        return reply?.Messages is [{ Id: { Length: > 0 } id }, ..]
            ? (new ChannelAnswer.Accepted(id, status), null)
            : (new ChannelAnswer.Unanswered($"WhatsApp answered HTTP {status} without a message id.", status), null);
    }

    private static async Task<WhatsAppReply?> ParseAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            return await JsonSerializer.DeserializeAsync(body, WhatsAppJson.Default.WhatsAppReply, cancellation);
        }
        catch (JsonException)
        {
            return null; // a gateway's page: its status says what there is to know
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var after = header?.Delta ?? header?.Date - time.GetUtcNow();
        return after > TimeSpan.Zero ? after : null;
    }

    private static bool NeverArrived(HttpRequestException exception) => exception.HttpRequestError is
        HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}
