using System.Globalization;
using System.Text.Json;

namespace Switchboard.Simulator.Twilio;

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
