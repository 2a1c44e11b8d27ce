using System.Globalization;
using System.Text.Json;

namespace Switchboard.Simulator.Entra;

/// <summary>An error of the token endpoint: <c>{error,error_description,error_codes,timestamp,trace_id,correlation_id,error_uri}</c>.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The error of RFC 6749.</param>
/// <param name="Code">Microsoft's code: the number after AADSTS.</param>
/// <param name="Message">For people.</param>
internal sealed record EntraError(int Status, string Error, int Code, string Message) : IResult
{
    public string Description => $"AADSTS{Code.ToString(CultureInfo.InvariantCulture)}: {Message}";

    public Task ExecuteAsync(HttpContext httpContext) => WriteAsync(httpContext);

    public async Task WriteAsync(HttpContext context)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("u", CultureInfo.InvariantCulture);
        var (trace, correlation) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ReadableJson.Writer);
        json.WriteStartObject();
        json.WriteString("error", Error);
        json.WriteString("error_description", $"{Description} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}");
        json.WriteStartArray("error_codes");
        json.WriteNumberValue(Code);
        json.WriteEndArray();
        json.WriteString("timestamp", now);
        json.WriteString("trace_id", trace);
        json.WriteString("correlation_id", correlation);
        json.WriteString("error_uri", $"https://login.microsoftonline.com/error?code={Code.ToString(CultureInfo.InvariantCulture)}");
        json.WriteEndObject();
    }
}
