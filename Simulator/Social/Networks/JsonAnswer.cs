using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Switchboard.Simulator.Control;

namespace Switchboard.Simulator.Social;

/// <summary>An answer in JSON.</summary>
/// <param name="Body">What it says; null for nothing.</param>
/// <param name="Status">The HTTP status.</param>
internal sealed record JsonAnswer(JsonNode? Body, int Status = 200) : IResult
{
    public string ContentType { get; init; } = "application/json; charset=utf-8";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Status;
        if (Body is null)
        {
            return;
        }

        httpContext.Response.ContentType = ContentType;
        await using var json = new Utf8JsonWriter(httpContext.Response.BodyWriter, ReadableJson.Writer);
        Body.WriteTo(json);
    }

    /// <summary>Those of the fields that were asked for, as the Graph API does; <c>id</c> always.</summary>
    public static JsonObject Pick(JsonObject all, string? fields)
    {
        var wanted = (fields ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new JsonObject(all.Where(field => field.Key == "id" || wanted.Contains(field.Key))
            .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone())));
    }

    /// <summary>A time as the Graph API has it: <c>2026-01-31T12:00:00+0000</c>.</summary>
    public static string GraphTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'+0000'", CultureInfo.InvariantCulture);

    /// <summary>A time in milliseconds: <c>2026-01-31T12:00:00.000Z</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
