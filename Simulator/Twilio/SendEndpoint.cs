using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>
/// <c>POST /twilio/2010-04-01/Accounts/{sid}/Messages.json</c>. It is called a thousand times a second on the machine of the product
/// that is measured: a plain request delegate, JSON straight to the connection.
/// </summary>
internal sealed class SendEndpoint(
    MessageStore<SmsMessage> messages, SmsJournal journal, OptOuts optOuts, StatusQueue statuses, TwilioAuthorization authorization,
    IOptions<TwilioOptions> options)
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
    private SmsMessage Take(SendRequest request)
    {
        var plan = statuses.Plan(request.MessagingServiceSid is null ? SmsStatus.Queued : SmsStatus.Accepted);
        var sms = messages.Add(sequence => new SmsMessage(
            sequence,
            Sids.Message(request.NumMedia > 0),
            SmsDirection.OutboundApi,
            SendValidation.Number(request.To!)!,
            request.From is { } from ? SendValidation.Number(from) ?? from : _phoneNumber,
            request.MessagingServiceSid,
            request.Body ?? "",
            request.NumMedia,
            request.StatusCallback,
            plan));
        journal.Write(sms);
        statuses.Enqueue(sms);
        return sms;
    }

    private void Answer(HttpContext context, SmsMessage sms)
    {
        var resource = $"/2010-04-01/Accounts/{_accountSid}/Messages/{sms.Id}";
        var at = sms.At.ToString("ddd, dd MMM yyyy HH:mm:ss +0000", CultureInfo.InvariantCulture);
        var isOfService = sms.MessagingServiceSid is not null;
        context.Response.StatusCode = StatusCodes.Status201Created;
        context.Response.ContentType = "application/json;charset=utf-8";
        using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("account_sid", _accountSid);
        json.WriteString("api_version", "2010-04-01");
        json.WriteString("body", sms.Body);
        json.WriteString("date_created", at);
        json.WriteNull("date_sent");
        json.WriteString("date_updated", at);
        json.WriteString("direction", "outbound-api");
        json.WriteNull("error_code");
        json.WriteNull("error_message");
        json.WriteString("from", isOfService ? null : sms.From);
        json.WriteString("messaging_service_sid", sms.MessagingServiceSid);
        json.WriteString("num_media", sms.NumMedia.ToString(CultureInfo.InvariantCulture));
        // a service has not chosen the sender yet, and so not how the SMS is cut
        json.WriteString("num_segments", isOfService ? "0" : Segments.Count(sms.Body).ToString(CultureInfo.InvariantCulture));
        json.WriteNull("price");
        json.WriteNull("price_unit");
        json.WriteString("sid", sms.Id);
        json.WriteString("status", sms.Plan.Start.Name());
        json.WriteStartObject("subresource_uris");
        json.WriteString("media", resource + "/Media.json");
        json.WriteEndObject();
        json.WriteString("to", sms.To);
        json.WriteString("uri", resource + ".json");
        json.WriteEndObject();
    }
}

/// <summary>The form of a send, as far as it is looked at; what is missing or empty is null.</summary>
internal sealed record SendRequest(
    string? To, string? From, string? MessagingServiceSid, string? Body, string? StatusCallback, int NumMedia)
{
    public static SendRequest Of(IFormCollection form) => new(
        Value(form, "To"),
        Value(form, "From"),
        Value(form, "MessagingServiceSid"),
        Value(form, "Body"),
        Value(form, "StatusCallback"),
        form["MediaUrl"].Count);

    private static string? Value(IFormCollection form, string name) =>
        form.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;
}

/// <summary>What Twilio checks in a message before it takes it.</summary>
internal static partial class SendValidation
{
    private const int LongestBody = 1600;

    /// <returns>Null when the message is taken.</returns>
    public static TwilioError? Check(SendRequest request, OptOuts optOuts) =>
        request.To is null ? TwilioErrors.NoTo
        : request is { From: null, MessagingServiceSid: null } ? TwilioErrors.NoFrom
        : request is { Body: null, NumMedia: 0 } ? TwilioErrors.NoBody
        : request.Body?.Length > LongestBody ? TwilioErrors.BodyTooLong
        : Number(request.To) is not { } to ? TwilioErrors.WrongTo(request.To)
        : request.From is { } from && !IsSender(from) ? TwilioErrors.WrongFrom(from)
        : request.MessagingServiceSid is null && Number(request.From!) == to ? TwilioErrors.SameNumbers
        : request.StatusCallback is { } callback && !IsHttp(callback) ? TwilioErrors.WrongCallback(callback)
        : optOuts.Contains(to) ? TwilioErrors.OptedOut
        : null;

    /// <summary>A number in E.164, whichever way it was written; null when it is none.</summary>
    public static string? Number(string written)
    {
        var digits = Separators().Replace(written, "");
        return PhoneNumber().IsMatch(digits) ? digits[0] == '+' ? digits : "+" + digits : null;
    }

    // a number, a short code, or a name
    private static bool IsSender(string from) => Number(from) is not null || ShortCode().IsMatch(from) || SenderName().IsMatch(from);

    private static bool IsHttp(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https");

    [GeneratedRegex(@"[\s().-]")]
    private static partial Regex Separators();

    [GeneratedRegex(@"^\+?[1-9][0-9]{6,14}\z")]
    private static partial Regex PhoneNumber();

    [GeneratedRegex(@"^[0-9]{3,8}\z")]
    private static partial Regex ShortCode();

    [GeneratedRegex(@"^(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}\z")]
    private static partial Regex SenderName();
}
