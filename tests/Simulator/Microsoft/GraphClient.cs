using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;

namespace Switchboard.Tests.Simulator.Microsoft;

/// <summary>Calls Microsoft 365 as a program does.</summary>
internal sealed class GraphClient(RunningSimulator simulator)
{
    public const string Redirect = "http://localhost/callback";
    public const string Verifier = "a-verifier-that-is-long-enough-to-be-one-0123456789";

    public string AccessToken { get; set; } = "";

    public string RefreshToken { get; set; } = "";

    /// <summary>Makes a mailbox.</summary>
    public static async Task<JsonNode> MakeAsync(
        RunningSimulator simulator, int messages, double replyRate = 0.4, double autoReplyRate = 0, double bounceRate = 0, string address = "ann@example.com") =>
        (await simulator.ControlAsync("/_sim/graph/mailboxes", new
        {
            address,
            messages,
            replyRate,
            autoReplyRate,
            bounceRate,
            spanDays = 30,
            seed = 7,
            until = "2026-01-31T12:00:00Z",
        }))!;

    /// <summary>Signs in as a person's browser and the product do: authorization, code, tokens.</summary>
    public static async Task<GraphClient> SignInAsync(RunningSimulator simulator, string address = "ann@example.com")
    {
        var code = (await AuthorizeAsync(simulator, address))["code"];
        using var answer = await RedeemAsync(simulator, code!);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        var tokens = await answer.ReadJsonAsync();
        return new GraphClient(simulator) { AccessToken = (string)tokens["access_token"]!, RefreshToken = (string)tokens["refresh_token"]! };
    }

    /// <summary>What comes back in the address that the browser is sent to.</summary>
    public static async Task<System.Collections.Specialized.NameValueCollection> AuthorizeAsync(RunningSimulator simulator, string address)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = simulator.Http.BaseAddress };
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        using var answer = await http.GetAsync(
            "/microsoft/common/oauth2/v2.0/authorize?response_type=code&client_id=demo-graph-client&state=s1&scope=offline_access%20Mail.Read"
            + $"&redirect_uri={Uri.EscapeDataString(Redirect)}&code_challenge={challenge}&code_challenge_method=S256&login_hint={Uri.EscapeDataString(address)}");
        ((int)answer.StatusCode).ShouldBe(302);
        answer.Headers.Location!.GetLeftPart(UriPartial.Path).ShouldBe(Redirect);
        return HttpUtility.ParseQueryString(answer.Headers.Location.Query);
    }

    public static Task<HttpResponseMessage> RedeemAsync(RunningSimulator simulator, string code, string verifier = Verifier) =>
        TokenAsync(simulator, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect), ("code_verifier", verifier));

    public static Task<HttpResponseMessage> RefreshAsync(RunningSimulator simulator, string refreshToken) =>
        TokenAsync(simulator, ("grant_type", "refresh_token"), ("refresh_token", refreshToken), ("client_secret", "demo-graph-secret"));

    public static async Task<HttpResponseMessage> TokenAsync(RunningSimulator simulator, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
            fields.Append(("client_id", "demo-graph-client")).Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        return await simulator.Http.PostAsync("/microsoft/common/oauth2/v2.0/token", form);
    }

    /// <param name="path">After the version, or a whole link.</param>
    /// <param name="method">GET without it.</param>
    /// <param name="body">JSON.</param>
    /// <param name="prefer">The header.</param>
    public async Task<HttpResponseMessage> CallAsync(string path, HttpMethod? method = null, object? body = null, string? prefer = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path.StartsWith("http", StringComparison.Ordinal) ? path : $"/graph/v1.0/{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        request.Content = body is null ? null : JsonContent.Create(body);
        if (prefer is not null)
        {
            request.Headers.Add("Prefer", prefer);
        }

        return await simulator.Http.SendAsync(request);
    }

    public async Task<JsonNode> GetAsync(string path, string? prefer = null)
    {
        using var answer = await CallAsync(path, prefer: prefer);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return await answer.ReadJsonAsync();
    }

    /// <summary>All items of a list, page by page, and its last page.</summary>
    public async Task<(List<JsonNode> Items, JsonNode Last, int Pages)> WalkAsync(string path, string? prefer = null)
    {
        List<JsonNode> items = [];
        for (var pages = 1; ; pages++)
        {
            var page = await GetAsync(path, prefer);
            items.AddRange(page["value"]!.AsArray().Select(item => item!));
            if ((string?)page["@odata.nextLink"] is not { } next)
            {
                return (items, page, pages);
            }

            path = next;
        }
    }

    /// <summary>The answers of a batch by their ids.</summary>
    public async Task<Dictionary<string, JsonNode>> BatchAsync(params object[] requests)
    {
        using var answer = await CallAsync("$batch", HttpMethod.Post, new { requests });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.ReadJsonAsync())["responses"]!.AsArray().ToDictionary(one => (string)one!["id"]!, one => one!);
    }
}

/// <summary>Reads a whole mailbox through the API and finds out by itself what became of each sent mail.</summary>
internal static class MailWalk
{
    private const string Fields =
        "$top=500&$select=internetMessageId,sentDateTime,receivedDateTime,toRecipients,conversationId,internetMessageHeaders";

    public static async Task<Dictionary<string, WalkedMail>> ReadAsync(GraphClient graph)
    {
        var (sent, _, _) = await graph.WalkAsync($"me/mailFolders/sentitems/messages?{Fields}");
        var (inbox, _, _) = await graph.WalkAsync($"me/mailFolders/inbox/messages?{Fields}");
        var mails = sent.ToDictionary(mail => (string)mail["internetMessageId"]!, mail => new WalkedMail(
            (DateTimeOffset)mail["sentDateTime"]!,
            ((string)mail["toRecipients"]![0]!["emailAddress"]!["address"]!).Split('@')[1],
            (string)mail["conversationId"]!));
        foreach (var mail in inbox)
        {
            var headers = mail["internetMessageHeaders"]!.AsArray().ToDictionary(header => (string)header!["name"]!, header => (string)header!["value"]!);
            var answered = mails[headers["In-Reply-To"]];
            answered.ConversationId.ShouldBe((string)mail["conversationId"]!);
            answered.Take(headers, (DateTimeOffset)mail["receivedDateTime"]!);
        }

        return mails;
    }
}

/// <summary>A sent mail, and what was found to have become of it.</summary>
internal sealed class WalkedMail(DateTimeOffset sentAt, string domain, string conversationId)
{
    public DateTimeOffset SentAt => sentAt;

    public string Domain => domain;

    public string ConversationId => conversationId;

    public long? ResponseSeconds { get; private set; }

    public bool AutoReplied { get; private set; }

    public bool Bounced { get; private set; }

    public string Status => ResponseSeconds is not null ? "responded" : Bounced ? "bounced" : "active";

    public void Take(Dictionary<string, string> headers, DateTimeOffset at)
    {
        if (headers["Content-Type"].StartsWith("multipart/report", StringComparison.Ordinal))
        {
            Bounced = true;
        }
        else if (headers.ContainsKey("Auto-Submitted"))
        {
            AutoReplied = true;
        }
        else
        {
            var seconds = (long)(at - sentAt).TotalSeconds;
            ResponseSeconds = Math.Min(ResponseSeconds ?? seconds, seconds);
        }
    }
}
