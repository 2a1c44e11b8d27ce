using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>The simulator's control: mail in, messages out, faults.</summary>
public sealed class SimulatorClient(HttpClient http)
{
    public Uri Address => http.BaseAddress!;

    public async Task ReceiveMailAsync(string from, string subject, string body = "Please pay", string to = "demo@example.com") =>
        await PostAsync("/_sim/gmail/messages", new { to, from, subject, body });

    /// <summary>Pushes the last notification of Gmail once more, as Pub/Sub may at any time.</summary>
    public async Task RepeatPushAsync() => await PostAsync("/_sim/gmail/repeat", null);

    /// <summary>A fault that strikes a number of times says what the requests contain: work of others may still be under way.</summary>
    public async Task FailAsync(object fault) => await PostAsync("/_sim/faults", fault);

    public async Task HealAsync()
    {
        using var response = await http.DeleteAsync(new Uri("/_sim/faults", UriKind.Relative));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>The messages that WhatsApp took whose text contains the words, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> MessagesAsync(string words)
    {
        var page = await http.GetFromJsonAsync<JsonNode>($"/_sim/whatsapp/messages?limit=10000&q={Uri.EscapeDataString(words)}");
        return [.. page!["items"]!.AsArray().Select(item => item!)];
    }

    /// <summary>An SMS reaches Twilio, which calls the webhook; answers what the webhook said.</summary>
    /// <param name="text">from, body, media …</param>
    public Task<JsonNode> ReceiveTextAsync(object text) => PostAsync("/_sim/twilio/messages", text);

    /// <summary>The SMS that Twilio took for this number, also the replies of the webhook, oldest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> TextsToAsync(string number)
    {
        var page = await http.GetFromJsonAsync<JsonNode>($"/_sim/twilio/messages?limit=10000&to={Uri.EscapeDataString(number)}");
        return [.. page!["items"]!.AsArray().Select(item => item!).OrderBy(item => (DateTimeOffset)item["sentAt"]!)];
    }

    public async Task<JsonNode> GetAsync(string path) => (await http.GetFromJsonAsync<JsonNode>(path))!;

    public async Task<JsonNode> PostAsync(string path, object? body)
    {
        using var response = await http.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{path} answered {(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
    }
}
