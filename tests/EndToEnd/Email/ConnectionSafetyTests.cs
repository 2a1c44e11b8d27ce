using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>
/// Nobody gives their mailbox to somebody whom they have not seen, nobody claims one that they cannot open, and its user hears of it.
/// </summary>
public sealed class ConnectionSafetyTests(ApplicationFixture app) : IAsyncLifetime
{
    private readonly MailboxHolder _owner = new(app.Simulator);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await app.Simulator.HealAsync();
        _owner.Dispose();
    }

    [Theory]
    [InlineData("gmail", "Google")]
    [InlineData("microsoft", "Microsoft")]
    public async Task Who_is_sent_the_address_sees_who_asks_for_what(string provider, string label)
    {
        var me = await app.Edge.NewUserAsync();
        var begun = await MailboxHolder.BeginAsync(me, $"{Guid.CreateVersion7():n}@example.com", provider: provider);

        using var page = await _owner.GetAsync(MailboxHolder.PageOf(begun), accept: "text/html");

        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
        foreach (var said in new[] { "A test's user", "@example.com", label, "<form method=\"post\"", "lang=\"en\"" })
            html.ShouldContain(said);
        html.ShouldNotContain("<script");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("frame-ancestors 'none'");
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var cookie = page.Headers.GetValues("Set-Cookie").Single();
        foreach (var said in new[] { "httponly", "samesite=lax", "max-age=600", "path=/" })
            cookie.ShouldContain(said, Case.Insensitive);
        (await me.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gmail")]
    [InlineData("microsoft")]
    public async Task The_address_of_the_provider_is_worth_nothing_in_a_browser_that_has_not_seen_who_asks(string provider)
    {
        var me = await app.Edge.NewUserAsync();
        var victim = await _owner.NewMailboxAsync();
        var begun = await MailboxHolder.BeginAsync(me, victim, provider: provider);

        // who asks confirms it themselves, and sends on where that leads
        var authorization = await _owner.ConfirmAsync(begun);
        authorization.Query.ShouldContain("prompt=select_account");
        using var other = new MailboxHolder(app.Simulator);
        var problem = await EdgeClient.ReadAsync(await other.GetAsync(await other.ConsentAsync(authorization)), HttpStatusCode.Forbidden);

        ((string?)problem["type"]).ShouldEndWith("not-confirmed");
        (await me.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_but_the_page_itself_confirms()
    {
        var me = await app.Edge.NewUserAsync();
        var page = MailboxHolder.PageOf(await MailboxHolder.BeginAsync(me, await _owner.NewMailboxAsync()));

        (await EdgeClient.ReadAsync(await _owner.PostAsync(page), HttpStatusCode.Forbidden))["type"]!.ToString().ShouldEndWith("not-confirmed");
        (await _owner.GetAsync(page)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _owner.PostAsync(page, ("Sec-Fetch-Site", "cross-site"))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await _owner.PostAsync(page, ("Sec-Fetch-Site", "same-origin"))).StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var unknown = await _owner.GetAsync(new Uri(page.AbsoluteUri[..^1] + (page.AbsoluteUri[^1] == 'A' ? 'B' : 'A')));
        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_request_that_comes_again_is_not_shown_the_address_again()
    {
        var me = await app.Edge.NewUserAsync();
        var (body, key) = (new { provider = "gmail" }, ("Idempotency-Key", Guid.CreateVersion7().ToString()));

        var first = await me.PostAsync("/api/accounts/email", body, HttpStatusCode.Created, key);
        var second = await me.PostAsync("/api/accounts/email", body, HttpStatusCode.Created, key);

        first["authorizationUrl"].ShouldNotBeNull();
        ((string?)second["id"]).ShouldBe((string?)first["id"]);
        second["authorizationUrl"].ShouldBeNull();
    }

    [Fact]
    public async Task A_mailbox_of_Gmail_is_connected_as_any_other_watched_and_its_user_is_told()
    {
        var me = await app.Edge.NewUserAsync();
        var (address, domain) = ($"{Guid.CreateVersion7():n}@example.com", $"{Guid.CreateVersion7():n}.test");
        await me.CreateRuleAsync(domain, "+15550119001");
        var phone = await Phone.VerifiedAsync(app, me);
        await app.Simulator.PostAsync("/_sim/gmail/consent", new { address, consents = false });
        var begun = await MailboxHolder.BeginAsync(me, address, provider: "gmail");
        await RefusedAsync(await _owner.ComeBackAsync(begun), HttpStatusCode.Forbidden, "not-consented");
        await app.Simulator.PostAsync("/_sim/gmail/consent", new { address, consents = true });
        var callback = await _owner.ConsentAsync(begun);
        await app.Simulator.FailAsync(new { provider = "google-oauth", status = 503, count = 1, containing = "grant_type=authorization_code" });
        (await _owner.GetAsync(callback)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        // neither has used anything up
        var account = await EdgeClient.ReadAsync(await _owner.ComeBackAsync(begun), HttpStatusCode.OK);

        var id = (string)account["id"]!;
        ((string?)account["provider"]).ShouldBe("gmail");
        ((string?)account["address"]).ShouldBe(address);
        ((string?)account["tracking"]!["mode"]).ShouldBe("all");
        await Eventually.SeesAsync(
            () => me.GetAsync($"/api/accounts/email/{id}"), one => one["subscriptionExpiresAt"] is not null, "a mailbox that is watched");
        (await me.GetAsync("/api/mailboxes"))["items"]!.AsArray().ShouldHaveSingleItem()!["watchExpiresAt"].ShouldNotBeNull();
        var told = (await Eventually.SeesAsync(() => app.Simulator.MessagesAsync(address), messages => messages.Count > 0, "word to its user"))
            .ShouldHaveSingleItem();
        told.ToJsonString().ShouldContain(phone.Number.TrimStart('+'));

        await app.Simulator.ReceiveMailAsync($"billing@{domain}", "Due", to: address);
        await me.NotificationAsync("Due", "delivered");
        (await me.SendAsync(HttpMethod.Delete, $"/api/mailboxes/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await me.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_claims_a_mailbox_that_Google_does_not_open_to_them_or_learns_who_has_it()
    {
        var (me, other) = (await app.Edge.NewUserAsync(), await app.Edge.NewUserAsync());
        var address = $"{Guid.CreateVersion7():n}@example.com";
        var junk = new { address, refreshToken = "junk" };
        var anothers = new { address, refreshToken = "demo-gmail-refresh:ann@example.com" };

        var before = await RefusedAsync(await me.SendAsync(HttpMethod.Post, "/api/mailboxes", junk), HttpStatusCode.BadRequest, "validation");
        await RefusedAsync(await me.SendAsync(HttpMethod.Post, "/api/mailboxes", anothers), HttpStatusCode.BadRequest, "validation");
        await EdgeClient.ReadAsync(
            await _owner.ComeBackAsync(await MailboxHolder.BeginAsync(other, address, provider: "gmail")), HttpStatusCode.OK);
        var after = await RefusedAsync(await me.SendAsync(HttpMethod.Post, "/api/mailboxes", junk), HttpStatusCode.BadRequest, "validation");

        after["detail"]!.ToString().ShouldBe(before["detail"]!.ToString());
        // who can open it learns no more than that it is not to be had
        var taken = await RefusedAsync(
            await _owner.ComeBackAsync(await MailboxHolder.BeginAsync(me, address, provider: "gmail")), HttpStatusCode.Conflict);
        taken["detail"]!.ToString().ShouldNotContain("user");
    }

    [Fact]
    public async Task The_route_of_before_still_connects_by_a_token_and_names_what_takes_its_place()
    {
        var me = await app.Edge.NewUserAsync();
        var address = $"{Guid.CreateVersion7():n}@example.com";

        using var response = await me.SendAsync(
            HttpMethod.Post, "/api/mailboxes", new { address, refreshToken = $"demo-gmail-refresh:{address}" });
        response.Headers.GetValues("Link").Single().ShouldBe("</api/accounts/email>; rel=\"successor-version\"");
        var mailbox = await EdgeClient.ReadAsync(response, HttpStatusCode.Created);

        ((string?)mailbox["status"]).ShouldBe("active");
        (await me.GetAsync($"/api/accounts/email/{mailbox["id"]}"))["tracking"].ShouldBeNull();
        var described = await me.GetAsync("/openapi/v1.json");
        foreach (var method in new[] { "get", "post" })
        {
            var operation = described["paths"]!["/api/mailboxes"]![method]!;
            ((bool?)operation["deprecated"]).ShouldBe(true);
            ((string?)operation["tags"]![0]).ShouldBe("Mailboxes");
        }

        ((bool?)described["paths"]!["/api/accounts/email"]!["get"]!["deprecated"]).ShouldNotBe(true);
    }

    private static async Task<JsonNode> RefusedAsync(HttpResponseMessage response, HttpStatusCode expected, string? type = null)
    {
        var problem = await EdgeClient.ReadAsync(response, expected);
        if (type is not null)
            ((string?)problem["type"]).ShouldEndWith(type);
        return problem;
    }
}
