using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>
/// <c>POST /whatsapp/{version}/{phoneNumberId}/messages</c>. It is called thousands of times a second on the machine of the product
/// that is measured: a plain request delegate, JSON straight from and to the connection.
/// </summary>
internal sealed class SendEndpoint(
    MessageStore<SentMessage> messages, MessageIds ids, MessageJournal journal, StatusQueue statuses, SendRate rate,
    IOptions<WhatsAppOptions> options)
{
    private readonly string _phoneNumberId = options.Value.PhoneNumberId;
    private readonly string _authorization = $"Bearer {options.Value.AccessToken}";

    public async Task InvokeAsync(HttpContext context)
    {
        var error = CheckCaller(context);
        var request = error is null ? await ReadAsync(context) : null;
        error ??= request is null ? MetaErrors.NotJson : SendValidation.Check(request) ?? (rate.TryTake() ? null : MetaErrors.RateLimit);
        if (error is not null)
        {
            await error.WriteAsync(context);
            return;
        }

        Answer(context, Take(request!));
    }

    private MetaError? CheckCaller(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var number = (string)context.Request.RouteValues["phoneNumberId"]!;
        return authorization.Length == 0 ? MetaErrors.NoToken
            : authorization != _authorization ? MetaErrors.WrongToken
            : number != _phoneNumberId ? MetaErrors.UnknownNumber(number)
            : null;
    }

    private static async ValueTask<SendRequest?> ReadAsync(HttpContext context)
    {
        try
        {
            // not from the BodyReader: after malformed JSON it would be left in the middle of a read, and the connection with it
            return await JsonSerializer.DeserializeAsync(context.Request.Body, WhatsAppJson.Default.SendRequest, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // in the journal before it is answered for, and only then on its way to its statuses
    private SentMessage Take(SendRequest request)
    {
        var (id, promised) = (ids.Next(SentMessage.Digits(request.To!)), statuses.Promise());
        var body = request.Text?.Body ?? request.Template?.GetRawText() ?? "";
        var message = messages.Add(sequence =>
            new SentMessage(sequence, id, request.To!, request.Type ?? "text", body, request.CallbackData, promised));
        journal.Write(message);
        statuses.Enqueue(message, promised);
        return message;
    }

    private static void Answer(HttpContext context, SentMessage message)
    {
        context.Response.ContentType = "application/json; charset=UTF-8";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("messaging_product", "whatsapp");
        json.WriteStartArray("contacts");
        json.WriteStartObject();
        json.WriteString("input", message.To);
        json.WriteString("wa_id", message.WhatsAppId);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("id", message.Id);
        if (message.Type == "template")
        {
            json.WriteString("message_status", "accepted");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>The body of a send, as far as it is looked at.</summary>
internal sealed record SendRequest(
    [property: JsonPropertyName("messaging_product")] string? MessagingProduct,
    [property: JsonPropertyName("recipient_type")] string? RecipientType,
    [property: JsonPropertyName("to")] string? To,
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("text")] SendText? Text,
    [property: JsonPropertyName("template")] JsonElement? Template,
    [property: JsonPropertyName("biz_opaque_callback_data")] string? CallbackData);

/// <summary>Its text.</summary>
internal sealed record SendText([property: JsonPropertyName("body")] string? Body);

/// <summary>What Meta checks in a message before it takes it.</summary>
internal static class SendValidation
{
    private const int LongestBody = 4096;
    private const int LongestCallbackData = 512;
    private const string Types = "{TEXT, TEMPLATE}";

    /// <returns>Null when the message is taken.</returns>
    public static MetaError? Check(SendRequest request) =>
        request.MessagingProduct is null ? MetaErrors.Required("messaging_product")
        : request.MessagingProduct != "whatsapp" ? OneOf("messaging_product", "{WHATSAPP}", request.MessagingProduct)
        : request.RecipientType is not null and not "individual" ? OneOf("recipient_type", "{INDIVIDUAL}", request.RecipientType)
        : string.IsNullOrEmpty(request.To) ? MetaErrors.Required("to")
        : SentMessage.Digits(request.To).Length is < 5 or > 15
            ? MetaErrors.Invalid("Invalid parameter", $"'{request.To}' is not a phone number.")
        : request.CallbackData?.Length > LongestCallbackData ? TooLong("biz_opaque_callback_data", LongestCallbackData)
        : (request.Type ?? "text") switch
        {
            "text" => CheckText(request.Text),
            "template" => CheckTemplate(request.Template),
            var other => OneOf("type", Types, other),
        };

    private static MetaError? CheckText(SendText? text) =>
        text is null ? MetaErrors.Required("text")
        : string.IsNullOrEmpty(text.Body) ? MetaErrors.Required("text['body']")
        : text.Body.Length > LongestBody ? TooLong("text['body']", LongestBody)
        : null;

    private static MetaError? CheckTemplate(JsonElement? template) =>
        template is not { ValueKind: JsonValueKind.Object } found ? MetaErrors.Required("template")
        : !HasText(found, "name") ? MetaErrors.Required("template['name']")
        : !found.TryGetProperty("language", out var language) || language.ValueKind != JsonValueKind.Object || !HasText(language, "code")
            ? MetaErrors.Required("template['language']['code']")
        : null;

    private static bool HasText(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > 0;

    private static MetaError OneOf(string parameter, string allowed, string got) =>
        MetaErrors.Invalid($"Param {parameter} must be one of {allowed} - got \"{got}\".", $"Param {parameter} must be one of {allowed}.");

    private static MetaError TooLong(string parameter, int most) =>
        MetaErrors.Invalid($"Param {parameter} must be at most {most} characters long.",
            $"Param {parameter} must be at most {most} characters long.");
}

/// <summary>The limit of messages a second, counted by the clock's seconds.</summary>
internal sealed class SendRate(IOptions<WhatsAppOptions> options, TimeProvider timeProvider)
{
    private readonly int _most = options.Value.MessagesPerSecond;
    private readonly Lock _lock = new();
    private long _second;
    private int _taken;

    public bool TryTake()
    {
        if (_most == 0)
        {
            return true;
        }

        lock (_lock)
        {
            var second = timeProvider.GetUtcNow().ToUnixTimeSeconds();
            if (second != _second)
            {
                (_second, _taken) = (second, 0);
            }

            return ++_taken <= _most;
        }
    }
}
