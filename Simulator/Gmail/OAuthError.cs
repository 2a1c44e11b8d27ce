using System.Text.Json;

namespace Switchboard.Simulator.Gmail;

/// <summary>An error of the token endpoint (RFC 6749, 5.2): <c>{error,error_description}</c>.</summary>
internal sealed record OAuthError(int Status, string Error, string Description) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("error", Error);
        json.WriteString("error_description", Description);
        json.WriteEndObject();
    }
}
