using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.EndToEnd.Fixture;

/// <summary>The API as a program uses it: JSON in, JSON out.</summary>
public sealed class EdgeClient(HttpClient http, string key = "sb_demo")
{
    private static readonly string[] Scopes = ["rules", "notifications", "critical", "mail", "texts", "analytics", "social", "keys"];

    public HttpClient Http { get; } = http;

    /// <summary>The key that it asks with.</summary>
    public string Key => key;

    /// <summary>The same API with another's key.</summary>
    public EdgeClient As(string otherKey) => new(Http, otherKey);

    /// <summary>A new user with its own key, so that a test sees only what is its own.</summary>
    public async Task<EdgeClient> NewUserAsync()
    {
        var email = $"{Guid.CreateVersion7():n}@example.com";
        var user = await PostAsync("/api/users", new { email, name = "A test's user" }, HttpStatusCode.Created);
        var issued = await PostAsync(
            "/api/api-keys",
            new { userId = (string?)user["id"], name = "key", scopes = Scopes },
            HttpStatusCode.Created);
        return As((string)issued["key"]!);
    }

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        return await Http.SendAsync(request);
    }

    /// <summary>Reads, and comes back as any client should while a dependency is away: the answer says so by 503 and Retry-After.</summary>
    public async Task<JsonNode> GetAsync(string path)
    {
        var answer = await Eventually.SeesAsync(
            () => SendAsync(HttpMethod.Get, path),
            response => response.StatusCode != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter is null,
            $"an answer to GET {path}");
        return await ReadAsync(answer, HttpStatusCode.OK);
    }

    public async Task<JsonNode> PostAsync(
        string path, object? body, HttpStatusCode expected, params (string Name, string Value)[] headers) =>
        await ReadAsync(await SendAsync(HttpMethod.Post, path, body, headers), expected);

    /// <summary>A rule that sends every mail of the sender on, its subject being the message.</summary>
    public async Task<JsonNode> CreateRuleAsync(string senderDomain, string recipient, string template = "{{subject}}", bool active = true) =>
        await PostAsync(
            "/api/rules",
            new
            {
                name = $"Mail of {senderDomain}",
                type = "sender",
                sender = new { domains = new[] { senderDomain } },
                template,
                channel = "whatsapp",
                recipient,
                active,
            },
            HttpStatusCode.Created);

    public async Task<JsonNode> MailAsync(string messageId, string from, string subject, string text = "Hello") =>
        await PostAsync(
            "/api/webhooks/email",
            new { messageId, from, to = "me@example.com", subject, text },
            HttpStatusCode.Accepted);

    /// <summary>All notifications of the user, newest first.</summary>
    public async Task<IReadOnlyList<JsonNode>> NotificationsAsync(string filter = "")
    {
        var all = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/api/notifications?limit=100{filter}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            all.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>The one notification with this body, when it has reached the status.</summary>
    public async Task<JsonNode> NotificationAsync(string body, string status, TimeSpan? within = null)
    {
        var found = await Eventually.SeesAsync(
            async () => (await NotificationsAsync()).FirstOrDefault(item => (string?)item["body"] == body),
            item => (string?)item?["deliveryStatus"] == status,
            $"a notification '{body}' that is {status}",
            within);
        return found!;
    }

    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response, HttpStatusCode expected)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            response.StatusCode.ShouldBe(expected, $"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} answered: {text}");
            return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
        }
    }
}
