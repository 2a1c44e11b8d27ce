using System.Text.Json;

namespace Switchboard.Simulator.Control;

/// <summary>Bodies of JSON that providers look into field by field, as whoever sent them may have left any out.</summary>
internal static class ControlBody
{
    /// <summary>The body; null when it is no JSON.</summary>
    public static async Task<JsonElement?> ReadAsync(HttpRequest request)
    {
        try
        {
            using var json = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonElement? Child(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    public static string? Text(JsonElement element, string name) =>
        Child(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
