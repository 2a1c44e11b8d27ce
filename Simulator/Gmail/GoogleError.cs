using System.Text.Json;

namespace Switchboard.Simulator.Gmail;

/// <summary>An error as Google's APIs tell it: <c>{error:{code,message,errors:[{message,domain,reason}],status}}</c>.</summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Status">Its name in gRPC.</param>
/// <param name="Reason">The reason of old, more exact.</param>
/// <param name="Message">For people.</param>
/// <param name="Domain">Where the reason belongs.</param>
internal sealed record GoogleError(int Code, string Status, string Reason, string Message, string Domain = "global") : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Code;
        context.Response.ContentType = "application/json; charset=UTF-8";
        if (Code == 401)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"";
        }

        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteNumber("code", Code);
        json.WriteString("message", Message);
        json.WriteStartArray("errors");
        json.WriteStartObject();
        json.WriteString("message", Code == 401 ? "Invalid Credentials" : Message);
        json.WriteString("domain", Domain);
        json.WriteString("reason", Reason);
        if (Code == 401)
        {
            json.WriteString("location", "Authorization");
            json.WriteString("locationType", "header");
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("status", Status);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
