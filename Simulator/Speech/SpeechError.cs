using System.Text.Json;

namespace Switchboard.Simulator.Speech;

/// <summary>An error as Google's newer APIs tell it: <c>{error:{code,message,status}}</c>.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Status">Its name in gRPC.</param>
/// <param name="Message">For people.</param>
/// <param name="Reason">For programs; only with some.</param>
internal sealed record SpeechError(int Code, string Status, string Message, string? Reason = null)
{
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Code;
        context.Response.ContentType = "application/json; charset=UTF-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", Code);
        json.WriteString("message", Message);
        json.WriteString("status", Status);
        if (Reason is not null)
        {
            json.WriteStartArray("details");
            json.WriteStartObject();
            json.WriteString("@type", "type.googleapis.com/google.rpc.ErrorInfo");
            json.WriteString("reason", Reason);
            json.WriteString("domain", "googleapis.com");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
