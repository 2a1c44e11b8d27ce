using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Web;

namespace Switchboard.Tests.Simulator.Social;

/// <summary>An account of a platform that an application is signed in to, and calls it as programs do.</summary>
internal sealed class SocialUser(RunningSimulator simulator, string platform, string id, string token, JsonNode tokens)
{
    public const string Redirect = "https://edge.test/callback";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public static readonly string[] Platforms = ["instagram", "facebook", "x", "linkedin", "mastodon", "bluesky"];

    public string Id => id;

    /// <summary>What the token endpoint answered last.</summary>
    public JsonNode Tokens => tokens;

    /// <summary>Signs in by the way of the platform.</summary>
    public static async Task<SocialUser> SignInAsync(RunningSimulator simulator, string platform, string account = "ann")
    {
        if (platform == "bluesky")
        {
            var session = await OkAsync(await simulator.PostAsync(
                "/social/bluesky/xrpc/com.atproto.server.createSession",
                new { identifier = $"{account}.test", password = "app-pass-word" }));
            return new(simulator, platform, (string)session["did"]!, (string)session["accessJwt"]!, session);
        }

        var client = await ClientAsync(simulator, platform);
        var tokens = await OkAsync(await RedeemAsync(simulator, platform, client,
            await AuthorizeAsync(simulator, platform, client, account)));
        var token = (string)tokens["access_token"]!;
        var http = simulator.Http;
        switch (platform)
        {
            case "instagram":
                tokens = await http.GetFromJsonAsync<JsonNode>(
                    $"/social/instagram/access_token?grant_type=ig_exchange_token&client_secret=demo-instagram-secret&access_token={token}");
                token = (string)tokens!["access_token"]!;
                return new(simulator, platform, (string)(await GetAsync("v23.0/me?fields=user_id"))["user_id"]!, token, tokens);
            case "facebook":
                var longLived = await http.GetFromJsonAsync<JsonNode>(
                    "/social/facebook/v23.0/oauth/access_token?grant_type=fb_exchange_token&client_id=demo-facebook-client"
                    + $"&client_secret=demo-facebook-secret&fb_exchange_token={token}");
                token = (string)longLived!["access_token"]!;
                var page = (await GetAsync("me/accounts"))["data"]![0]!;
                return new(simulator, platform, (string)page["id"]!, (string)page["access_token"]!, longLived);
            case "x":
                return new(simulator, platform, (string)(await GetAsync("2/users/me"))["data"]!["id"]!, token, tokens);
            case "linkedin":
                return new(simulator, platform, (string)(await GetAsync("v2/userinfo"))["sub"]!, token, tokens);
            default:
                return new(simulator, platform, (string)(await GetAsync("api/v1/accounts/verify_credentials"))["id"]!, token, tokens);
        }

        Task<JsonNode> GetAsync(string path) => new SocialUser(simulator, platform, "", token, tokens).GetAsync(path);
    }

    /// <summary>The application: at Mastodon it registers itself.</summary>
    public static async Task<(string Id, string Secret)> ClientAsync(RunningSimulator simulator, string platform)
    {
        if (platform != "mastodon")
            return ($"demo-{platform}-client", $"demo-{platform}-secret");
        var app = await OkAsync(await simulator.PostAsync(
            "/social/mastodon/api/v1/apps", new { client_name = "Test", redirect_uris = Redirect, scopes = ScopeOf(platform) }));
        return ((string)app["client_id"]!, (string)app["client_secret"]!);
    }

    /// <summary>The code that the page of consent sends the account holder back with; null when it does not.</summary>
    public static async Task<string?> AuthorizeAsync(RunningSimulator simulator, string platform, (string Id, string Secret) client,
        string account)
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = simulator.Http.BaseAddress };
        var path = platform switch
        {
            "facebook" => "v23.0/dialog/oauth",
            "x" => "i/oauth2/authorize",
            "linkedin" => "oauth/v2/authorization",
            _ => "oauth/authorize",
        };
        using var answer = await http.GetAsync(
            $"/social/{platform}/{path}?response_type=code&client_id={Uri.EscapeDataString(client.Id)}&state=s1"
            + $"&scope={Uri.EscapeDataString(ScopeOf(platform))}"
            + $"&account={account}&redirect_uri={Uri.EscapeDataString(Redirect)}&code_challenge={Challenge}&code_challenge_method=S256");
        ((int)answer.StatusCode).ShouldBe(302, await answer.Content.ReadAsStringAsync());
        return HttpUtility.ParseQueryString(answer.Headers.Location!.Query)["code"];
    }

    public static Task<HttpResponseMessage> RedeemAsync(
        RunningSimulator simulator, string platform, (string Id, string Secret) client, string? code, string verifier = Verifier) =>
        TokenAsync(simulator, platform, client, ("grant_type", "authorization_code"), ("code", code!), ("redirect_uri", Redirect),
            ("code_verifier", verifier));

    public static async Task<HttpResponseMessage> TokenAsync(
        RunningSimulator simulator, string platform, (string Id, string Secret) client, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(
            fields.Concat([("client_id", client.Id), ("client_secret", client.Secret)]).Select(field =>
                KeyValuePair.Create(field.Item1, field.Item2)));
        return await simulator.Http.PostAsync($"/social/{platform}/{platform switch
        {
            "x" => "2/oauth2/token",
            "linkedin" => "oauth/v2/accessToken",
            "mastodon" => "oauth/token",
            _ => "oauth/access_token",
        }}", form);
    }

    /// <summary>Makes what goes before a post: of Instagram a container.</summary>
    public async Task<string?> PrepareAsync(string text, string media = "a.jpg") => platform != "instagram" ? null : (string)(await OkAsync(
        await CallAsync(HttpMethod.Post, $"{id}/media",
            Form(("image_url", $"{simulator.Edge.Url}/media/{media}"), ("caption", text)))))["id"]!;

    /// <summary>Posts.</summary>
    /// <param name="text">What.</param>
    /// <param name="prepared">What <see cref="PrepareAsync"/> made.</param>
    /// <param name="key">What it is for, where the platform takes that.</param>
    public Task<HttpResponseMessage> PostAsync(string text, string? prepared = null, string key = "3kxyzabcdefgh") => platform switch
    {
        "instagram" => CallAsync(HttpMethod.Post, $"{id}/media_publish", Form(("creation_id", prepared!))),
        "facebook" => CallAsync(HttpMethod.Post, $"{id}/feed", Form(("message", text))),
        "x" => CallAsync(HttpMethod.Post, "2/tweets", JsonContent.Create(new { text })),
        "linkedin" => CallAsync(HttpMethod.Post, "rest/posts", JsonContent.Create(new
        {
            author = $"urn:li:person:{id}",
            commentary = text,
            visibility = "PUBLIC",
            distribution = new { feedDistribution = "MAIN_FEED" },
            lifecycleState = "PUBLISHED",
        })),
        "mastodon" => CallAsync(HttpMethod.Post, "api/v1/statuses", JsonContent.Create(new { status = text }), key),
        _ => CallAsync(HttpMethod.Post, "xrpc/com.atproto.repo.putRecord", JsonContent.Create(new JsonObject
        {
            ["repo"] = id,
            ["collection"] = "app.bsky.feed.post",
            ["rkey"] = key,
            ["record"] = Record(text),
        })),
    };

    /// <summary>The texts of the account's posts, as the platform lists them.</summary>
    public async Task<IReadOnlyList<string>> ReadBackAsync()
    {
        var (path, list, field) = platform switch
        {
            "instagram" => ($"{id}/media?fields=caption,timestamp,permalink", "data", "caption"),
            "facebook" => ($"{id}/published_posts?fields=message,created_time", "data", "message"),
            "x" => ($"2/users/{id}/tweets?start_time=2026-01-01T00:00:00Z&max_results=100&tweet.fields=created_at", "data", "text"),
            "linkedin" => ($"rest/posts?author=urn%3Ali%3Aperson%3A{id}&q=author&count=100", "elements", "commentary"),
            "mastodon" => ($"api/v1/accounts/{id}/statuses", "", "content"),
            _ => ($"xrpc/com.atproto.repo.listRecords?repo={id}&collection=app.bsky.feed.post", "records", "value"),
        };
        var answer = await GetAsync(path);
        var posts = list.Length == 0 ? answer.AsArray() : answer[list]?.AsArray() ?? [];
        return [.. posts.Select(post => post![field]!).Select(text => (string)(platform == "bluesky" ? text["text"]! : text)!)];
    }

    public async Task<JsonNode> GetAsync(string path) => await OkAsync(await CallAsync(HttpMethod.Get, path));

    public async Task<HttpResponseMessage> CallAsync(HttpMethod method, string path, HttpContent? content = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, $"/social/{platform}/{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (platform == "linkedin")
        {
            request.Headers.Add("Linkedin-Version", "202610");
            request.Headers.Add("X-Restli-Protocol-Version", "2.0.0");
        }

        return await simulator.Http.SendAsync(request);
    }

    public static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    public static JsonObject Record(string text) => new()
    {
        ["$type"] = "app.bsky.feed.post",
        ["text"] = text,
        ["createdAt"] = "2026-01-31T12:00:00.000Z",
    };

    public static async Task<JsonNode> OkAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync();
            answer.IsSuccessStatusCode.ShouldBeTrue($"{(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text.Length == 0 ? "{}" : text)!;
        }
    }

    private static string ScopeOf(string platform) => platform switch
    {
        "instagram" => "instagram_business_basic,instagram_business_content_publish",
        "facebook" => "pages_show_list,pages_read_engagement,pages_manage_posts",
        "x" => "tweet.read tweet.write users.read media.write offline.access",
        "linkedin" => "openid profile w_member_social r_member_social",
        _ => "read write",
    };
}
