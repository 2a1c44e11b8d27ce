using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Twilio;

/// <summary>The simulator with a receiver of SMS and statuses.</summary>
internal sealed class TwilioSetting(RunningSimulator simulator, TwilioReceiver edge) : IAsyncDisposable
{
    public RunningSimulator Simulator => simulator;

    public TwilioReceiver Edge => edge;

    public static Task<TwilioSetting> StartAsync(params string[] settings) => StartAsync(TimeProvider.System, settings);

    public static async Task<TwilioSetting> StartAsync(TimeProvider timeProvider, params string[] settings)
    {
        var edge = await TwilioReceiver.StartAsync();
        return new TwilioSetting(await RunningSimulator.StartAsync(timeProvider, [$"Simulator:EdgeUrl={edge.Url}", .. settings]), edge);
    }

    /// <summary>Sends by the API; a null field is left out.</summary>
    public Task<HttpResponseMessage> SendAsync(
        string? to = "+15550100001", string? from = "+15550009999", string? body = "Hello", string? service = null, string? callback = null) =>
        PostAsync(new Dictionary<string, string?>
        {
            ["To"] = to,
            ["From"] = from,
            ["Body"] = body,
            ["MessagingServiceSid"] = service,
            ["StatusCallback"] = callback,
        });

    public async Task<HttpResponseMessage> PostAsync(Dictionary<string, string?> form, string account = "ACdemo", string token = "demo-twilio-token")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/twilio/2010-04-01/Accounts/{account}/Messages.json")
        {
            Content = new FormUrlEncodedContent(form.Where(field => field.Value is not null)!),
        };
        request.Headers.Authorization = Basic("ACdemo", token);
        return await simulator.Http.SendAsync(request);
    }

    /// <summary>Sends an SMS that must be taken and whose statuses are told; its sid.</summary>
    public async Task<string> SendTextAsync(string body = "Hello")
    {
        using var answer = await SendAsync(body: body, callback: $"{edge.Url}/api/sms/status?notification=1");
        ((int)answer.StatusCode).ShouldBe(201, await answer.Content.ReadAsStringAsync());
        return (string)(await answer.ReadJsonAsync())["sid"]!;
    }

    /// <summary>An SMS that comes in.</summary>
    public async Task<JsonNode> ReceiveAsync(object text) => (await simulator.ControlAsync("/_sim/twilio/messages", text))!;

    public async Task<IReadOnlyList<JsonNode>> ListAsync(string query = "") =>
        [.. (await simulator.GetAsync("/_sim/twilio/messages" + query))["items"]!.AsArray()!];

    public async Task<JsonNode> MakeAsync(object media) => (await simulator.ControlAsync("/_sim/twilio/media", media))!;

    /// <summary>Asks the API where a file is.</summary>
    public async Task<HttpResponseMessage> FindAsync(string url, AuthenticationHeaderValue? authorization)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.Authorization = authorization;
        return await http.SendAsync(request);
    }

    /// <summary>Fetches a file as it should be done; the body is not read yet.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string url)
    {
        using var found = await FindAsync(url, Basic("ACdemo", "demo-twilio-token"));
        ((int)found.StatusCode).ShouldBe(307);
        return await simulator.Http.GetAsync(found.Headers.Location, HttpCompletionOption.ResponseHeadersRead);
    }

    public async Task<byte[]> FetchAsync(object media)
    {
        using var answer = await OpenAsync((string)(await MakeAsync(media))["url"]!);
        answer.IsSuccessStatusCode.ShouldBeTrue();
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public static AuthenticationHeaderValue Basic(string user, string password) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    public async ValueTask DisposeAsync()
    {
        await simulator.DisposeAsync();
        await edge.DisposeAsync();
    }
}
