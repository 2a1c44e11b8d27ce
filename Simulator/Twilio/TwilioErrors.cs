using System.Globalization;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Twilio;

/// <summary>The errors of Twilio's API, each with the status that it comes with.</summary>
internal static class TwilioErrors
{
    public static TwilioError WrongAccount { get; } = new(
        401, 20003, "Authentication Error - invalid username", "Your AccountSid or AuthToken was incorrect.");

    public static TwilioError NoTo { get; } = new(400, 21604, "A 'To' phone number is required.");

    public static TwilioError NoFrom { get; } = new(400, 21603, "A 'From' phone number is required.");

    public static TwilioError NoBody { get; } = new(400, 21602, "Message body is required.");

    public static TwilioError BodyTooLong { get; } = new(400, 21617, "The concatenated message body exceeds the 1600 character limit");

    public static TwilioError SameNumbers { get; } = new(400, 21266, "'To' and 'From' number cannot be the same");

    public static TwilioError OptedOut { get; } = new(400, 21610, "Attempt to send to unsubscribed recipient");

    public static TwilioError NotFound(PathString path) => new(404, 20404, $"The requested resource {path} was not found");

    public static TwilioError WrongTo(string to) => new(400, 21211, $"The 'To' number {to} is not a valid phone number.");

    public static TwilioError WrongFrom(string from) =>
        new(400, 21212, $"The 'From' number {from} is not a valid phone number, shortcode, or alphanumeric sender ID.");

    public static TwilioError WrongCallback(string url) => new(400, 21609, $"The 'StatusCallback' URL {url} is not a valid URL.");

    /// <summary>The error of a fault that was asked for.</summary>
    /// <param name="status">The HTTP status; without it the one that belongs to the code, or 500.</param>
    /// <param name="code">Twilio's code; without it the one that is usual for the status.</param>
    public static TwilioError Fault(int? status, string? code)
    {
        var number = code is not null ? int.Parse(code, CultureInfo.InvariantCulture) : status switch
        {
            400 => 21211,
            401 => 20003,
            403 => 20403,
            404 => 20404,
            429 => 20429,
            503 => 20503,
            _ => 20500,
        };
        var error = Known(number) ?? new TwilioError(400, number, $"Error {number.ToString(CultureInfo.InvariantCulture)}");
        return error with { Status = status ?? error.Status };
    }

    private static TwilioError? Known(int code) => code switch
    {
        20003 => WrongAccount,
        20005 => new(403, code, "Account not active"),
        20403 => new(403, code, "Forbidden"),
        20404 => new(404, code, "The requested resource was not found"),
        20429 => new(429, code, "Too Many Requests"),
        20500 => new(500, code, "Internal Server Error"),
        20503 => new(503, code, "Service Unavailable"),
        21211 => new(400, code, "Invalid 'To' Phone Number"),
        21408 => new(400, code, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"),
        21602 => NoBody,
        21603 => NoFrom,
        21604 => NoTo,
        21606 => new(400, code, "The 'From' phone number provided is not a valid message-capable Twilio phone number"),
        21610 => OptedOut,
        21611 => new(429, code, "This 'From' number has exceeded the maximum number of queued messages"),
        21612 => new(400, code, "Message cannot be sent with the current combination of 'To' and 'From' parameters"),
        21614 => new(400, code, "'To' number is not a valid mobile number"),
        21617 => BodyTooLong,
        _ => null,
    };
}

/// <summary>An error as Twilio's API tells it: <c>{code,message,more_info,status}</c>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Twilio's code: what programs go by.</param>
/// <param name="Message">For people.</param>
/// <param name="Detail">More for people; only with some.</param>
internal sealed record TwilioError(int Status, int Code, string Message, string? Detail = null)
{
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json;charset=utf-8";
        if (Status == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"Twilio API\"";
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteNumber("code", Code);
        if (Detail is not null)
        {
            json.WriteString("detail", Detail);
        }

        json.WriteString("message", Message);
        json.WriteString("more_info", "https://www.twilio.com/docs/errors/" + Code.ToString(CultureInfo.InvariantCulture));
        json.WriteNumber("status", Status);
        json.WriteEndObject();
    }
}
