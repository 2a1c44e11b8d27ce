using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Meta;

/// <summary>The errors of the Cloud API, each with the status that Meta's list of codes gives it.</summary>
internal static class MetaErrors
{
    public static MetaError NoToken { get; } = new(401, 104, "An access token is required to request this resource.");

    public static MetaError WrongToken { get; } = new(401, 190, "Invalid OAuth access token - Cannot parse access token");

    public static MetaError UnknownPath { get; } = new(400, 2500, "Unknown path components");

    public static MetaError NotJson { get; } = new(400, 100, "(#100) Invalid parameter", "The body is not valid JSON.");

    public static MetaError RateLimit { get; } = Known(130429)!;

    public static MetaError UnknownNumber(string id) => new(
        400,
        100,
        $"Unsupported post request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.",
        Type: "GraphMethodException",
        Subcode: 33);

    public static MetaError Required(string parameter) => new(400, 100, $"(#100) The parameter {parameter} is required.");

    public static MetaError Invalid(string message, string details) => new(400, 100, $"(#100) {message}", details);

    /// <summary>The error of a fault that was asked for.</summary>
    /// <param name="status">The HTTP status; without it the one that belongs to the code, or 500.</param>
    /// <param name="code">Meta's code; without it the one that is usual for the status.</param>
    public static MetaError Fault(int? status, string? code)
    {
        var number = code is not null ? int.Parse(code, CultureInfo.InvariantCulture) : status switch
        {
            400 => 100,
            401 => 190,
            403 => 10,
            404 => 132001,
            429 => 130429,
            503 => 131016,
            _ => 131000,
        };
        var error = Known(number) ?? new MetaError(400, number, $"(#{number.ToString(CultureInfo.InvariantCulture)}) Error");
        return error with { Status = status ?? error.Status };
    }

    /// <summary>Code, title and details as a <c>failed</c> status tells them.</summary>
    public static (int Code, string Title, string Details) ForStatus(int code)
    {
        var error = Known(code) ?? Known(131000)! with { Code = code };
        var title = error.Message[(error.Message.IndexOf(')', StringComparison.Ordinal) + 1)..].Trim();
        return (code, title, error.Details ?? title);
    }

    private static MetaError? Known(int code) => code switch
    {
        4 => Of(429, code, "Application request limit reached", "The app has reached its API call rate limit."),
        10 => Of(403, code, "Application does not have permission for this action",
            "Permission is either not granted or has been removed."),
        100 => Of(400, code, "Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
        190 => WrongToken,
        368 => Of(403, code, "Temporarily blocked for policies violations", "The account has been restricted from messaging."),
        80007 => Of(429, code, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
        130429 => Of(429, code, "Rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number in a short period of time."),
        131000 => Of(500, code, "Something went wrong", "Message failed to send due to an unknown error."),
        131008 => Of(400, code, "Required parameter is missing", "The request is missing a required parameter."),
        131009 => Of(400, code, "Parameter value is not valid", "One or more parameter values are invalid."),
        131016 => Of(503, code, "Service unavailable", "A service is temporarily unavailable."),
        131026 => Of(400, code, "Message undeliverable", "Unable to deliver message."),
        131031 => Of(403, code, "Business Account locked", "The account has been restricted or disabled."),
        131047 =>
            Of(400, code, "Re-engagement message", "More than 24 hours have passed since the recipient last replied to the sender number."),
        131048 => Of(429, code, "Spam rate limit hit",
            "Message failed to send because there are restrictions on how many messages can be sent from this phone number."),
        131056 => Of(429, code, "(Business Account, Consumer Account) pair rate limit hit", "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time."),
        132001 => Of(404, code, "Template name does not exist in the translation",
            "The template does not exist in the specified language or the template has not been approved."),
        133010 => Of(400, code, "Phone number not registered", "Phone number not registered on the WhatsApp Business Platform."),
        _ => null,
    };

    private static MetaError Of(int status, int code, string title, string details) =>
        new(status, code, $"(#{code.ToString(CultureInfo.InvariantCulture)}) {title}", details);
}

/// <summary>An error as the Graph API tells it: <c>{error:{message,type,code,error_subcode,error_data,fbtrace_id}}</c>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">Meta's code: what programs go by.</param>
/// <param name="Message">The code with its title.</param>
/// <param name="Details">What exactly.</param>
/// <param name="Type">OAuthException for nearly all.</param>
/// <param name="Subcode">Only with some codes.</param>
internal sealed record MetaError(
    int Status, int Code, string Message, string? Details = null, string Type = "OAuthException", int? Subcode = null)
{
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        if (Code is 104 or 190)
        {
            context.Response.Headers.WWWAuthenticate = $"OAuth \"Facebook Platform\" \"{(Code == 190 ? "invalid_token" : "invalid_request")}\" \"{Message}\"";
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", Message);
        json.WriteString("type", Type);
        json.WriteNumber("code", Code);
        if (Details is not null)
        {
            json.WriteStartObject("error_data");
            json.WriteString("messaging_product", "whatsapp");
            json.WriteString("details", Details);
            json.WriteEndObject();
        }

        if (Subcode is { } subcode)
        {
            json.WriteNumber("error_subcode", subcode);
        }

        json.WriteString("fbtrace_id", "A" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
