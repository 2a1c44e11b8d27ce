using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.WhatsApp;

/// <summary>
/// <c>POST /whatsapp/{version}/{phoneNumberId}/messages</c>. It is called thousands of times a second on the machine of the product
/// that is measured: a plain request delegate, JSON straight from and to the connection.
/// </summary>
internal sealed class SendEndpoint(
    MessageStore messages, MessageIds ids, MessageJournal journal, StatusQueue statuses, SendRate rate, IOptions<WhatsAppOptions> options)
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
