using System.Text;
using System.Text.Json.Nodes;

namespace Switchboard.Polyfills.FastEndpoints.Tests;

internal static class HttpExtensions
{
    public static async Task<(int Status, string Body)> SendAsync(
        this HttpClient client, string method, string path, string? body = null, string? contentType = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = contentType is null ? null : new(contentType);
        }

        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public static Task<(int Status, string Body)> GetTextAsync(this HttpClient client, string path, params (string Name, string Value)[] headers)
        => client.SendAsync("GET", path, headers: headers);

    public static Task<(int Status, string Body)> PostTextAsync(this HttpClient client, string path, string body)
        => client.SendAsync("POST", path, body);

    /// <summary>The errors of a problem: <c>name: reason</c>.</summary>
    public static string[] Errors(this string problem)
        => [.. JsonNode.Parse(problem)!["errors"]!.AsArray().Select(e => $"{e!["name"]}: {e["reason"]}")];
}
