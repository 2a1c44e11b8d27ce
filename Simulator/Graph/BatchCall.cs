using System.Text.Json;

namespace Switchboard.Simulator.Graph;

/// <summary>One call of a batch.</summary>
/// <param name="Id">By which its answer is known.</param>
/// <param name="DependsOn">The calls that must succeed before it.</param>
/// <param name="Request">The call; its token is the batch's.</param>
internal sealed record BatchCall(string Id, IReadOnlyList<string> DependsOn, GraphRequest Request)
{
    /// <summary>Reads one.</summary>
    /// <returns>Null when it has no id, method or relative address.</returns>
    public static BatchCall? Read(JsonElement json, GraphRequest batch)
    {
        if (Text(json, "id") is not { Length: > 0 } id || Text(json, "method") is not { } method
            || Text(json, "url") is not { Length: > 0 } url || Uri.TryCreate(url, UriKind.Absolute, out var absolute) && !absolute.IsFile)
        {
            return null;
        }

        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = GraphRequest.ReadAddress(mark < 0 ? url : url[..mark], mark < 0 ? "" : url[mark..]);
        return new BatchCall(id, DependsOnOf(json), batch with
        {
            Method = method.ToUpperInvariant(),
            Path = path,
            Query = query,
            Prefer = Header(json, "Prefer") ?? "",
            Body = json.TryGetProperty("body", out var body) ? body : null,
        });
    }

    private static string[] DependsOnOf(JsonElement json) =>
        json.TryGetProperty("dependsOn", out var ids) && ids.ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Select(id => id.ToString())]
            : [];

    private static string? Header(JsonElement json, string name) =>
        json.TryGetProperty("headers", out var headers) && headers.ValueKind == JsonValueKind.Object
            ? headers.EnumerateObject()
                .Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value.ToString())
                .FirstOrDefault()
            : null;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
