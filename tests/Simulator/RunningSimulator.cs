using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Switchboard.Simulator;

namespace Switchboard.Tests.Simulator;

/// <summary>The simulator on a free port, with a receiver in the edge's place.</summary>
internal sealed class RunningSimulator : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RunningSimulator(WebApplication app, EdgeReceiver edge)
    {
        (_app, Edge) = (app, edge);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = TimeSpan.FromSeconds(60) };
    }

    public EdgeReceiver Edge { get; }

    public HttpClient Http { get; }

    public static Task<RunningSimulator> StartAsync(params string[] settings) => StartAsync(TimeProvider.System, settings);

    public static async Task<RunningSimulator> StartAsync(TimeProvider timeProvider, params string[] settings)
    {
        var edge = await EdgeReceiver.StartAsync();
        var app = SimulatorHost.Build(
        [
            "--urls=http://127.0.0.1:0", $"--Simulator:EdgeUrl={edge.Url}", "--DemoMail:PerMinute=0", "--Smtp:Port=0",
            "--Logging:LogLevel:Default=Error",
            .. settings.Select(setting => $"--{setting}"),
        ], timeProvider);
        await app.StartAsync();
        return new RunningSimulator(app, edge);
    }

    public Task<HttpResponseMessage> PostAsync(string path, object? body = null) => Http.PostAsJsonAsync(path, body ?? new { });

    /// <summary>A control call that must succeed.</summary>
    public async Task<JsonNode?> ControlAsync(string path, object? body = null)
    {
        using var response = await PostAsync(path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public async Task<JsonNode> GetAsync(string path) => (await Http.GetFromJsonAsync<JsonNode>(path))!;

    /// <summary>A WhatsApp text.</summary>
    public Task<HttpResponseMessage> SendAsync(string text, string to = "+15550100001", string? callbackData = null) => SendRawAsync(new JsonObject
    {
        ["messaging_product"] = "whatsapp",
        ["recipient_type"] = "individual",
        ["to"] = to,
        ["type"] = "text",
        ["text"] = new JsonObject { ["body"] = text },
        ["biz_opaque_callback_data"] = callbackData,
    });

    public async Task<HttpResponseMessage> SendRawAsync(JsonNode body, string token = "demo-whatsapp-token", string number = "15550000000")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/whatsapp/v21.0/{number}/messages") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Http.SendAsync(request);
    }

    /// <summary>A WhatsApp text that must be taken; its id.</summary>
    public async Task<string> SendTextAsync(string text, string to = "+15550100001", string? callbackData = null)
    {
        using var response = await SendAsync(text, to, callbackData);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (string)(await response.ReadJsonAsync())["messages"]![0]!["id"]!;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Edge.DisposeAsync();
    }
}

internal static class HttpAnswers
{
    public static async Task<JsonNode> ReadJsonAsync(this HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonNode>())!;
}
