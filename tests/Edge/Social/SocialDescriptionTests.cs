using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Edge.Social;

/// <summary>What OpenAPI says of social publishing is whole, and its examples are taken.</summary>
public sealed class SocialDescriptionTests(EdgeProcess edge) : SocialTest(edge), IClassFixture<EdgeProcess>
{
    private static readonly string[] Tags =
        ["Social accounts", "Groups", "Proxies", "Warm-up protocols", "Posts", "Media library", "Schedules", "Calendar", "Account health"];

    // what names nothing that would have to be there
    private static readonly string[] Taken =
        ["/api/groups", "/api/proxies", "/api/warmup-protocols", "/api/posts/validate", "/api/media-library", "/api/schedules"];

    [Fact]
    public async Task Each_body_has_an_example_and_those_that_name_nothing_are_taken_as_they_are()
    {
        var paths = (await GetAsync("/openapi/v1.json"))["paths"]!.AsObject();
        var operations = (
            from path in paths
            from method in path.Value!.AsObject()
            where method.Value!["tags"]?.AsArray().Any(tag => Tags.Contains((string)tag!)) is true
            select (Path: path.Key, Method: method.Key, What: method.Value!)).ToList();
        operations.Count.ShouldBeGreaterThan(50);
        operations.ShouldAllBe(operation => operation.What["summary"] != null && operation.What["responses"]!.AsObject().Count > 1);

        var bodies = operations.Where(operation => operation.What["requestBody"]?["content"]?["application/json"] is not null).ToList();
        bodies.Where(operation => ExampleOf(operation.What) is null).Select(operation => $"{operation.Method} {operation.Path}").ShouldBeEmpty();
        bodies.ShouldContain(operation => operation.Method == "delete" && operation.Path.EndsWith("/members", StringComparison.Ordinal));
        foreach (var (path, _, what) in bodies.Where(operation => operation.Method == "post" && Taken.Contains(operation.Path)))
        {
            using var answer = await Edge.PostAsync(Key, path, JsonContent.Create(ExampleOf(what)));
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Created);
        }

        HeadersOf("patch", "/api/posts/{id}").ShouldContain("If-Match");
        HeadersOf("patch", "/api/media-library/{id}").ShouldContain("Upload-Offset");

        string[] HeadersOf(string method, string path) =>
        [
            .. operations.Single(operation => operation.Method == method && operation.Path == path).What["parameters"]!.AsArray()
                .Where(parameter => (string)parameter!["in"]! == "header").Select(parameter => (string)parameter!["name"]!),
        ];
    }

    private static JsonNode? ExampleOf(JsonNode operation) => operation["requestBody"]!["content"]!["application/json"]!["example"];
}
