using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Google;

/// <summary>Calls Gmail as a program does.</summary>
internal sealed class GmailClient(RunningSimulator simulator)
{
    public string AccessToken { get; set; } = "";

    public static async Task<GmailClient> SignInAsync(RunningSimulator simulator, string refreshToken = "demo-gmail-refresh")
    {
        using var answer = await RefreshAsync(simulator, refreshToken);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return new GmailClient(simulator) { AccessToken = (string)(await answer.ReadJsonAsync())["access_token"]! };
    }

    public static Task<HttpResponseMessage> RefreshAsync(RunningSimulator simulator, string refreshToken, string secret = "demo-gmail-secret") =>
        TokenAsync(simulator, ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_secret", secret));

    public static async Task<HttpResponseMessage> TokenAsync(RunningSimulator simulator, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
            fields.Append(("client_id", "demo-gmail-client")).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await simulator.Http.PostAsync("/gmail/oauth/token", form);
    }

    public async Task<HttpResponseMessage> CallAsync(string path, HttpMethod? method = null, string? body = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, $"/gmail/gmail/v1/users/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        request.Content = body is null ? null : new StringContent(body);
        return await simulator.Http.SendAsync(request);
    }

    public async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await CallAsync(path);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }
}
