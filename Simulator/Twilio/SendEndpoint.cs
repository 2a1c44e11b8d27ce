using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// <c>POST /twilio/2010-04-01/Accounts/{sid}/Messages.json</c>. It is called a thousand times a second on the machine of the product
/// that is measured: a plain request delegate, JSON straight to the connection.
/// </summary>
internal sealed class SendEndpoint(
    TextStore texts, TextJournal journal, OptOuts optOuts, StatusQueue statuses, TwilioAuthorization authorization, IOptions<TwilioOptions> options)
{
    private readonly string _phoneNumber = options.Value.PhoneNumber;
    private readonly string _accountSid = options.Value.AccountSid;

    public async Task InvokeAsync(HttpContext context)
    {
        var error = authorization.Check(context);
        if (error is null)
        {
            var request = SendRequest.Of(await ReadAsync(context.Request));
            error = SendValidation.Check(request, optOuts);
            if (error is null)
            {
                Answer(context, Take(request));
                return;
            }
        }

        await error.WriteAsync(context);
    }

    // what is no form has no fields, and is told so
    private static async ValueTask<IFormCollection> ReadAsync(HttpRequest request)
    {
        try
        {
            return request.HasFormContentType ? await request.ReadFormAsync(request.HttpContext.RequestAborted) : FormCollection.Empty;
        }
        catch (InvalidDataException)
        {
            return FormCollection.Empty;
        }
    }

    // in the journal before it is answered for, and only then on its way to its statuses
    private TextMessage Take(SendRequest request)
    {
        var plan = statuses.Plan(request.MessagingServiceSid is null ? TextStatus.Queued : TextStatus.Accepted);
        var text = texts.Add(sequence => new TextMessage(
            sequence,
            Sids.Text(request.NumMedia > 0),
            TextDirection.OutboundApi,
            SendValidation.Number(request.To!)!,
            request.From is { } from ? SendValidation.Number(from) ?? from : _phoneNumber,
            request.MessagingServiceSid,
            request.Body ?? "",
            request.NumMedia,
            request.StatusCallback,
            plan));
        journal.Write(text);
        statuses.Enqueue(text);
        return text;
    }

    private void Answer(HttpContext context, TextMessage text)
    {
        var resource = $"/2010-04-01/Accounts/{_accountSid}/Messages/{text.Id}";
        var at = text.At.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        var isOfService = text.MessagingServiceSid is not null;
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json;charset=utf-8";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("account_sid", _accountSid);
        json.WriteString("api_version", "2010-04-01");
        json.WriteString("body", text.Body);
        json.WriteString("date_created", at);
        json.WriteNull("date_sent");
        json.WriteString("date_updated", at);
        json.WriteString("direction", "outbound-api");
        json.WriteNull("error_code");
        json.WriteNull("error_message");
        json.WriteString("from", isOfService ? null : text.From);
        json.WriteString("messaging_service_sid", text.MessagingServiceSid);
        json.WriteString("num_media", text.NumMedia.ToString(CultureInfo.InvariantCulture));
        // a service has not chosen the sender yet, and so not how the text is cut
        json.WriteString("num_segments", isOfService ? "0" : Segments.Count(text.Body).ToString(CultureInfo.InvariantCulture));
        json.WriteNull("price");
        json.WriteNull("price_unit");
        json.WriteString("sid", text.Id);
        json.WriteString("status", text.Plan.Start.Name());
        json.WriteStartObject("subresource_uris");
        json.WriteString("media", resource + "/Media.json");
        json.WriteEndObject();
        json.WriteString("to", text.To);
        json.WriteString("uri", resource + ".json");
        json.WriteEndObject();
    }
}
