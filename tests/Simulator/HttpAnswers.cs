using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator;

internal static class HttpAnswers
{
    public static async Task<JsonNode> ReadJsonAsync(this HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonNode>())!;
}
