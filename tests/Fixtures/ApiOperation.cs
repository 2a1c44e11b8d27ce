using System.Text.Json.Nodes;

namespace Switchboard.Tests.Fixtures;

/// <summary>An operation as the OpenAPI description of the API has it.</summary>
/// <param name="Id">Its id, which begins with the name of the endpoint's type.</param>
/// <param name="Method">Its method.</param>
/// <param name="Path">Its path, with the names of what is in it.</param>
/// <param name="NeedsKey">Whether it asks for a key.</param>
/// <param name="NeedsToken">Whether it asks for a recipient's token.</param>
/// <param name="Scopes">What its key needs; nothing of what is for everybody.</param>
/// <param name="Fields">What it takes in its query and what it takes in its body.</param>
/// <param name="Example">A body with something of each type that its schema names; null where it takes none.</param>
internal sealed record ApiOperation(
    string Id, HttpMethod Method, string Path, bool NeedsKey, bool NeedsToken, IReadOnlySet<string> Scopes, IReadOnlyList<string> Fields, string? Example)
{
    public string Name => $"{Method} {Path}";

    /// <summary>All that the description of a running edge has.</summary>
    public static async Task<IReadOnlyList<ApiOperation>> ReadAsync(HttpClient edge)
    {
        var description = JsonNode.Parse(await edge.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;
        return
        [
            .. from path in description["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               select Of(description, path.Key, HttpMethod.Parse(operation.Key), operation.Value!),
        ];
    }

    private static ApiOperation Of(JsonNode description, string path, HttpMethod method, JsonNode operation)
    {
        var keys = (operation["security"]?.AsArray() ?? []).SelectMany(scheme => scheme!.AsObject()).ToList();
        var query = (operation["parameters"]?.AsArray() ?? []).Where(parameter => (string?)parameter!["in"] == "query");
        var schema = Resolved(description, operation["requestBody"]?["content"]?["application/json"]?["schema"]);
        return new(
            (string?)operation["operationId"] ?? "", method, path, keys.Any(scheme => scheme.Key == "key"), keys.Any(scheme => scheme.Key == "InboxToken"),
            keys.SelectMany(scheme => scheme.Value!.AsArray()).Select(scope => (string)scope!).ToHashSet(),
            [
                .. query.Select(parameter => (string)parameter!["name"]!),
                .. schema?["properties"]?.AsObject().Select(property => property.Key) ?? [],
            ],
            operation["requestBody"] is null ? null : ExampleOf(description, schema, 0)?.ToJsonString() ?? "{}");
    }

    private static JsonNode? ExampleOf(JsonNode description, JsonNode? schema, int depth)
    {
        var resolved = Resolved(description, schema);
        var type = resolved?["type"] is JsonArray types ? (string?)types.FirstOrDefault(one => (string?)one != "null") : (string?)resolved?["type"];
        return type switch
        {
            _ when resolved?["enum"]?.AsArray() is [{ } first, ..] => first.DeepClone(),
            "object" when depth < 4 => new JsonObject((resolved!["properties"]?.AsObject() ?? []).Select(
                property => KeyValuePair.Create(property.Key, ExampleOf(description, property.Value, depth + 1)))),
            "array" when depth < 4 => new JsonArray(ExampleOf(description, resolved!["items"], depth + 1)),
            "integer" or "number" => 1,
            "boolean" => true,
            "string" => "x",
            _ => null,
        };
    }

    private static JsonNode? Resolved(JsonNode description, JsonNode? schema) =>
        (schema?["oneOf"]?.AsArray().FirstOrDefault(one => one?["$ref"] is not null) ?? schema) is var one && (string?)one?["$ref"] is { } reference
            ? reference.TrimStart('#', '/').Split('/').Aggregate<string, JsonNode?>(description, (node, part) => node?[part])
            : one;
}
