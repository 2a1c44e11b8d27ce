using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Core.Providers;

namespace Switchboard.Workers.Dispatch.Channels.WhatsApp;

/// <summary>Posts messages to the Cloud API, each once, and says what became of them.</summary>
internal sealed class WhatsAppClient(IHttpClientFactory clients, IOptions<WhatsAppOptions> options, TimeProvider timeProvider)
{
    /// <summary>The name of the HTTP client.</summary>
    public const string HttpClientName = "whatsapp";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly WhatsAppOptions _options = options.Value;
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds);
    private readonly string _path = $"{options.Value.ApiVersion}/{options.Value.PhoneNumberId}/messages";

    /// <summary>Posts a message.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the message may have been sent.</exception>
    public async Task<SendResult> PostAsync(WhatsAppMessage message, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(message, WhatsAppJson.Default.WhatsAppMessage));
            content.Headers.ContentType = Json;
            using var http = clients.CreateClient(HttpClientName);
            using var response = await http.PostAsync(new Uri(_path, UriKind.Relative), content, cancellationToken);
            return await ReadAsync(response, cancellationToken);
        }
        catch (Exception exception) when (ProviderFailure.Of("WhatsApp", exception, _timeout, cancellationToken) is { } failure)
        {
            return failure;
        }
    }

    private async Task<SendResult> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var reply = await response.ReadJsonAsync(WhatsAppJson.Default.WhatsAppReply, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return WhatsAppErrors.Of(status, reply?.Error, RetryAfterHeader.Read(response.Headers, timeProvider), _options);
        return reply?.Messages is [{ Id: { Length: > 0 } id }, ..]
            ? new SendResult.Accepted(id, status)
            : new ProviderFailure(FailureKind.UnknownOutcome, $"WhatsApp answered HTTP {status} without a message id.", status);
    }
}

/// <summary>
/// The body of <c>POST /{version}/{phone number id}/messages</c>
/// (https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).
/// </summary>
/// <param name="To">The recipient's number.</param>
/// <param name="Type"><c>text</c> or <c>template</c>.</param>
/// <param name="Text">The text, if it is one.</param>
/// <param name="Template">The template, if it is one.</param>
/// <param name="BizOpaqueCallbackData">Comes back with each status of the message: our notification's id.</param>
internal sealed record WhatsAppMessage(
    string To,
    string Type,
    WhatsAppMessage.TextContent? Text,
    WhatsAppMessage.TemplateContent? Template,
    string BizOpaqueCallbackData)
{
    /// <summary>The longest text of a template's parameter.</summary>
    public const int MaxParameter = 1024;

    [JsonPropertyOrder(-2)]
    public string MessagingProduct { get; } = "whatsapp";

    [JsonPropertyOrder(-1)]
    public string RecipientType { get; } = "individual";

    internal sealed record TextContent(string Body);

    internal sealed record TemplateContent(string Name, TemplateLanguage Language, IReadOnlyList<TemplateComponent> Components);

    internal sealed record TemplateLanguage(string Code);

    internal sealed record TemplateComponent(string Type, IReadOnlyList<TemplateParameter> Parameters);

    internal sealed record TemplateParameter(string Type, string Text);
}

/// <summary>The answer to a send: either messages or an error.</summary>
/// <param name="Messages">The one message that was taken.</param>
/// <param name="Error">Why it was not.</param>
internal sealed record WhatsAppReply(IReadOnlyList<WhatsAppReply.TakenMessage>? Messages, WhatsAppReply.ErrorContent? Error)
{
    internal sealed record TakenMessage(string? Id);

    /// <summary>https://developers.facebook.com/docs/graph-api/guides/error-handling</summary>
    internal sealed record ErrorContent(int Code, string? Message, ErrorData? ErrorData);

    internal sealed record ErrorData(string? Details);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WhatsAppMessage))]
[JsonSerializable(typeof(WhatsAppReply))]
internal sealed partial class WhatsAppJson : JsonSerializerContext;
