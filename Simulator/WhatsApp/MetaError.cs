using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

namespace Switchboard.Simulator.WhatsApp;

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
