using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Switchboard.Core.Security;
using Switchboard.Core.Social.Accounts;

namespace Switchboard.Tests.Edge;

/// <summary>Accounts, groups, proxies and warm-ups by the API.</summary>
public sealed class SocialAccountTests(SocialEdge edge) : IClassFixture<SocialEdge>
{
    [Fact]
    public async Task An_account_is_connected_in_the_browser_that_confirmed_it_and_follows_the_default_warm_up()
    {
        var (user, key) = await edge.NewUserAsync("social");
        using var protocol = await edge.PostAsync(
            key, "/api/warmup-protocols", new { name = "default", steps = new[] { new { days = 3, cap = 2 }, new { days = 4, cap = 5 } } });
        protocol.StatusCode.ShouldBe(HttpStatusCode.Created);

        var account = await ConnectAsync(key, new { platform = "x", tags = new[] { "news" }, dailyCap = 9 });

        ((string)account["handle"]!).ShouldBe("ann");
        ((string)account["state"]!).ShouldBe("warming");
        ((int)account["warmup"]!["cap"]!).ShouldBe(2);
        ((int)account["dailyCap"]!).ShouldBe(9);
        account.AsObject().ContainsKey("refreshToken").ShouldBeFalse();
        var id = (Guid)account["id"]!;
        var history = await JsonAsync(key, $"/api/accounts/social/{id}/history");
        history["items"]!.AsArray().Select(item => (string)item!["state"]!).ShouldBe(["warming", "connecting"]);
        (await StoredAsync(id)).RefreshToken.ShouldBe("r");

        using var paused = await edge.PostAsync(key, $"/api/accounts/social/{id}/pause", new { });
        ((string)(await EdgeProcess.JsonAsync(paused))["state"]!).ShouldBe("paused");
        ((string)(await JsonAsync(key, $"/api/accounts/social/{id}"))["state"]!).ShouldBe("paused", "what was cached is forgotten");
        using var resumed = await edge.PostAsync(key, $"/api/accounts/social/{id}/resume", new { });
        ((string)(await EdgeProcess.JsonAsync(resumed))["state"]!).ShouldBe("warming");

        (await PageAsync(key, "?platform=x&tag=news&state=warming&page=1&limit=1")).ShouldBe((1, 1));
        (await PageAsync(key, "?tag=other&page=1")).ShouldBe((0, 0));
        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/accounts/social/{id}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await edge.GetAsync(key, $"/api/accounts/social/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await CountAsync($"social_account_endings WHERE user_id = '{user}'")).ShouldBe(1, "its grant is to be revoked");
    }

    [Fact]
    public async Task Of_several_pages_the_one_that_was_named_is_connected_and_another_users_stays_theirs()
    {
        var (_, key) = await edge.NewUserAsync("social");
        var (_, other) = await edge.NewUserAsync("social");

        (await FinishAsync(key, new { platform = "facebook" })).ShouldSatisfyAllConditions(
            finished => finished.Status.ShouldBe(HttpStatusCode.Conflict),
            finished => ((string)finished.Body["detail"]!).ShouldContain("One (10), Two (20)"));
        var account = await ConnectAsync(key, new { platform = "facebook", page = "20" });
        ((string)account["externalId"]!).ShouldBe("20");
        (await StoredAsync((Guid)account["id"]!)).ShouldBe(new("p20"), "a page's token does not end");
        (await FinishAsync(other, new { platform = "facebook", page = "20" })).Status.ShouldBe(HttpStatusCode.Conflict);

        (await ConnectAsync(key, new { platform = "facebook", page = "20" }))["id"]!.ToString().ShouldBe(account["id"]!.ToString());
    }

    [Fact]
    public async Task At_LinkedIn_a_member_is_connected_or_the_organization_that_was_named_of_those_whose_pages_they_fill()
    {
        var (_, key) = await edge.NewUserAsync("social");

        var member = await ConnectAsync(key, new { platform = "linkedin" });
        ((string)member["externalId"]!).ShouldBe("urn:li:person:me");
        (await FinishAsync(key, new { platform = "linkedin", page = "any" })).ShouldSatisfyAllConditions(
            finished => finished.Status.ShouldBe(HttpStatusCode.Conflict),
            finished => ((string)finished.Body["detail"]!).ShouldContain("2 pages were authorized: ann-inc (100), Bob Ltd. (200)."));
        (await FinishAsync(key, new { platform = "linkedin", page = "300" })).Status.ShouldBe(HttpStatusCode.Conflict, "an analyst");

        var organization = await ConnectAsync(key, new { platform = "linkedin", page = "200" });
        ((string)organization["externalId"]!).ShouldBe("urn:li:organization:200");
        ((string)organization["displayName"]!).ShouldBe("Bob Ltd.");
        (await PageAsync(key, "?platform=linkedin&page=1")).ShouldBe((2, 2));
    }

    [Fact]
    public async Task An_instance_of_Mastodon_gets_the_application_registered_once()
    {
        var (_, key) = await edge.NewUserAsync("social");

        var account = await ConnectAsync(key, new { platform = "mastodon", server = edge.Platform });
        await ConnectAsync(key, new { platform = "mastodon", server = $"{edge.Platform}/" });

        ((string)account["handle"]!).ShouldStartWith("ann@127.0.0.1");
        ((string)account["state"]!).ShouldBe("active");
        lock (edge.Asked)
            edge.Asked.Count(asked => asked.StartsWith("/api/v1/apps ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task An_account_of_Bluesky_is_connected_by_an_app_password_that_is_kept_nowhere()
    {
        var (_, key) = await edge.NewUserAsync("social");

        using var wrong = await edge.PostAsync(
            key, "/api/accounts/social", new { platform = "bluesky", identifier = "ann.test", appPassword = "wrong" });
        using var made = await edge.PostAsync(
            key, "/api/accounts/social", new { platform = "bluesky", identifier = "@ann.test", appPassword = "abcd-efgh" });

        (await ProblemAsync(wrong)).ShouldContain("appPassword");
        made.StatusCode.ShouldBe(HttpStatusCode.Created);
        var account = await EdgeProcess.JsonAsync(made);
        (await StoredAsync((Guid)account["id"]!)).ShouldSatisfyAllConditions(
            grant => grant.AccessToken.ShouldBe("x"), grant => grant.RefreshToken.ShouldBe("y"), grant => grant.RenewAt.ShouldNotBeNull());
        (await CountAsync("social_accounts AS t WHERE t::text LIKE '%abcd-efgh%'")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"platform":"myspace"}""", "platform")]
    [InlineData("""{"platform":"mastodon"}""", "server")]
    [InlineData("""{"platform":"mastodon","server":"http://mastodon.example"}""", "server")]
    [InlineData("""{"platform":"mastodon","server":"https://10.0.0.1"}""", "server")]
    [InlineData("""{"platform":"x","server":"https://x.example"}""", "server")]
    [InlineData("""{"platform":"x","page":"1"}""", "page")]
    [InlineData("""{"platform":"linkedin","page":"ann-inc"}""", "page")]
    [InlineData("""{"platform":"facebook","page":"any"}""", "page")]
    [InlineData("""{"platform":"x","identifier":"a","appPassword":"b"}""", "identifier")]
    [InlineData("""{"platform":"bluesky"}""", "identifier")]
    [InlineData("""{"platform":"x","dailyCap":0}""", "dailyCap")]
    [InlineData("""{"platform":"x","proxyId":"00000000-0000-0000-0000-00000000000f"}""", "proxyId")]
    [InlineData("""{"platform":"x","warmupProtocolId":"00000000-0000-0000-0000-00000000000f"}""", "warmupProtocolId")]
    public async Task What_cannot_be_connected_is_refused_by_its_field(string body, string field)
    {
        var (_, key) = await edge.NewUserAsync("social");

        using var answer = await edge.PostAsync(key, "/api/accounts/social", new StringContent(body, null, "application/json"));

        (await ProblemAsync(answer)).ShouldContain($"\"{field}\"");
    }

    [Fact]
    public async Task A_platform_without_an_application_connects_nothing()
    {
        var (_, key) = await edge.NewUserAsync("social");

        using var answer = await edge.PostAsync(key, "/api/accounts/social", new { platform = "instagram" });

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task A_group_takes_its_users_accounts_alone_all_of_them_or_none()
    {
        var (mine, others) = (await NewAccountAsync(), await NewAccountAsync());
        var group = await MadeAsync(mine.Key, "/api/groups", new { name = "all" });

        using var refused = await SendAsync(HttpMethod.Put, mine.Key, $"/api/groups/{group}/members", new { accounts = new[] { mine.Id, others.Id } });
        (await ProblemAsync(refused)).ShouldContain(others.Id.ToString());
        (await CountAsync($"social_group_members WHERE group_id = '{group}'")).ShouldBe(0, "nothing half made");
        using var foreign = await SendAsync(HttpMethod.Put, others.Key, $"/api/groups/{group}/members", new { accounts = new[] { others.Id } });
        foreign.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var added = await SendAsync(HttpMethod.Put, mine.Key, $"/api/groups/{group}/members", new { accounts = new[] { mine.Id, mine.Id } });
        ((int)(await EdgeProcess.JsonAsync(added))["accounts"]!).ShouldBe(1);
        (await PageAsync(mine.Key, $"?groupId={group}&page=1")).ShouldBe((1, 1));
        (await JsonAsync(mine.Key, $"/api/accounts/social/{mine.Id}"))["groups"]!.AsArray().Count.ShouldBe(1);
        using var removed = await SendAsync(HttpMethod.Delete, mine.Key, $"/api/groups/{group}/members", new { accounts = new[] { mine.Id } });
        removed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PageAsync(mine.Key, $"?groupId={group}&page=1")).ShouldBe((0, 0));
        (await edge.PostAsync(mine.Key, "/api/groups", new { name = "all" })).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_proxy_is_of_the_internet_or_of_an_allowed_network_and_stays_while_it_is_used()
    {
        var (id, key) = await NewAccountAsync();
        foreach (var host in new[] { "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1" })
        {
            using var refused = await edge.PostAsync(key, "/api/proxies", new { name = host, scheme = "http", host, port = 3128 });
            (await ProblemAsync(refused)).ShouldContain("host", Case.Sensitive, host);
        }

        var proxy = await MadeAsync(
            key, "/api/proxies", new { name = "p", scheme = "socks5", host = "127.0.0.1", port = 1080, userName = "u", password = "hidden" });
        (await (await edge.GetAsync(key, $"/api/proxies/{proxy}")).Content.ReadAsStringAsync()).ShouldNotContain("hidden");
        (await CountAsync("social_proxies AS p WHERE p::text LIKE '%hidden%' OR encode(credentials, 'escape') LIKE '%hidden%'")).ShouldBe(0);
        using var moved = await SendAsync(HttpMethod.Patch, key, $"/api/proxies/{proxy}", new { host = "10.1.2.3" });
        (await ProblemAsync(moved)).ShouldContain("host");

        (await SendAsync(HttpMethod.Patch, key, $"/api/accounts/social/{id}", new { proxyId = proxy })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/proxies/{proxy}", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Patch, key, $"/api/accounts/social/{id}", new { proxyId = (Guid?)null })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/proxies/{proxy}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_protocol_rises_and_stays_while_an_account_follows_it()
    {
        var (id, key) = await NewAccountAsync();
        using var falling = await edge.PostAsync(
            key, "/api/warmup-protocols", new { name = "f", steps = new[] { new { days = 1, cap = 5 }, new { days = 1, cap = 2 } } });
        (await ProblemAsync(falling)).ShouldContain("must not fall");
        var protocol = await MadeAsync(key, "/api/warmup-protocols", new { name = "p", steps = new[] { new { days = 2, cap = 5 } } });

        using var warmed = await SendAsync(HttpMethod.Patch, key, $"/api/accounts/social/{id}", new { warmupProtocolId = protocol });
        var account = await EdgeProcess.JsonAsync(warmed);
        ((string)account["state"]!).ShouldBe("warming");
        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/warmup-protocols/{protocol}", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Patch, key, $"/api/warmup-protocols/{protocol}", new { steps = new[] { new { days = 5, cap = 7 } } }))
            .StatusCode.ShouldBe(HttpStatusCode.OK);
        var changed = await JsonAsync(key, $"/api/accounts/social/{id}");
        ((int)changed["warmup"]!["cap"]!).ShouldBe(7);
        ((DateTimeOffset)changed["warmup"]!["endsAt"]!).ShouldBe(((DateTimeOffset)account["warmup"]!["endsAt"]!).AddDays(3));
        using var over = await SendAsync(HttpMethod.Patch, key, $"/api/accounts/social/{id}", new { warmupProtocolId = (Guid?)null });
        ((string)(await EdgeProcess.JsonAsync(over))["state"]!).ShouldBe("active");
        (await edge.SendAsync(HttpMethod.Delete, key, $"/api/warmup-protocols/{protocol}", null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    private async Task<JsonNode> ConnectAsync(string key, object request)
    {
        var (status, body) = await FinishAsync(key, request);
        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        return body;
    }

    // as a browser goes: the page, its form, the platform, and back
    private async Task<(HttpStatusCode Status, JsonNode Body)> FinishAsync(string key, object request)
    {
        using var begun = await edge.PostAsync(key, "/api/accounts/social", request);
        begun.StatusCode.ShouldBe(HttpStatusCode.Created, await begun.Content.ReadAsStringAsync());
        var page = new Uri((string)(await EdgeProcess.JsonAsync(begun))["authorizationUrl"]!);
        using var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
        (await browser.GetStringAsync(page)).ShouldContain("Posts will be published to it");
        using var confirmed = await browser.PostAsync(page, null);
        confirmed.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var query = System.Web.HttpUtility.ParseQueryString(confirmed.Headers.Location!.Query);
        using var finished = await browser.GetAsync(
            $"{query["redirect_uri"]}?code=c&state={Uri.EscapeDataString(query["state"]!)}");
        return (finished.StatusCode, await EdgeProcess.JsonAsync(finished));
    }

    private async Task<(Guid Id, string Key)> NewAccountAsync()
    {
        var (user, key) = await edge.NewUserAsync("social");
        await edge.ExecuteAsync(
            $"""
            INSERT INTO social_accounts (id, user_id, platform, external_id, handle, refresh_token, state, state_changed_at, created_at, updated_at)
            VALUES ('{user}', '{user}', 'x', '{user}', 'ann', '\x00', 'active', now(), now(), now())
            """);
        return (user, key);
    }

    private async Task<Guid> MadeAsync(string key, string path, object body)
    {
        using var made = await edge.PostAsync(key, path, body);
        made.StatusCode.ShouldBe(HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        return (Guid)(await EdgeProcess.JsonAsync(made))["id"]!;
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string key, string path, object body) =>
        edge.SendAsync(method, key, path, JsonContent.Create(body));

    private async Task<JsonNode> JsonAsync(string key, string path)
    {
        using var answer = await edge.GetAsync(key, path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await EdgeProcess.JsonAsync(answer);
    }

    private async Task<(int Items, int Total)> PageAsync(string key, string query)
    {
        var page = await JsonAsync(key, $"/api/accounts/social{query}");
        return (page["items"]!.AsArray().Count, (int)page["total"]!);
    }

    private static async Task<string> ProblemAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        return text;
    }

    private async Task<SocialGrant> StoredAsync(Guid id)
    {
        await using var command = edge.Database.CreateCommand("SELECT refresh_token FROM social_accounts WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        var secrets = new SecretProtector(Microsoft.Extensions.Options.Options.Create(new EncryptionOptions { Key = EdgeProcess.EncryptionKey }));
        return SocialGrant.Unprotect(secrets, (byte[])(await command.ExecuteScalarAsync())!, id);
    }

    private async Task<long> CountAsync(string from)
    {
        await using var command = edge.Database.CreateCommand($"SELECT count(*) FROM {from}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
