using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Switchboard.Core.Notifications.Recipients;
using Switchboard.Core.Security;

namespace Switchboard.Tests.Edge;

/// <summary>Categories, what recipients want of them, and the page behind the links of messages.</summary>
public sealed class PreferenceTests(SharedEdge edge)
{
    private static readonly UnsubscribeLinks Links = new(
        new SecretProtector(Options.Create(new EncryptionOptions { Key = EdgeProcess.EncryptionKey })), Options.Create(new PublicLinkOptions()));

    [Fact]
    public async Task A_category_is_set_read_listed_and_deleted_and_default_is_always_there()
    {
        var (_, key) = await edge.NewUserAsync("notifications");
        const string Orders =
            """
            {"channels":["whatsapp","sms"],"preferences":{"email":false,"*":true},"fallback":{"channels":["whatsapp","sms"],"afterMinutes":5},
             "digest":{"mode":"daily","at":"08:00"},"throttle":{"sms":{"count":3,"seconds":3600}}}
            """;

        (await SendAsync(HttpMethod.Put, key, "/api/categories/orders", Orders)).Status.ShouldBe(HttpStatusCode.Created);
        var (status, orders) = await SendAsync(HttpMethod.Put, key, "/api/categories/orders", Orders);
        status.ShouldBe(HttpStatusCode.OK);
        JsonNode.DeepEquals((await SendAsync(HttpMethod.Get, key, "/api/categories/orders")).Body, orders).ShouldBeTrue();
        ((string?)orders!["digest"]!["mode"], (string?)orders["digest"]!["at"], (int)orders["throttle"]!["sms"]!["count"]!).ShouldBe(("daily", "08:00", 3));

        var names = (await SendAsync(HttpMethod.Get, key, "/api/categories")).Body!["items"]!.AsArray().Select(item => (string?)item!["name"]);
        names.ShouldBe(["default", "orders"]);
        (await SendAsync(HttpMethod.Get, key, "/api/categories/default")).Status.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Delete, key, "/api/categories/default")).Status.ShouldBe(HttpStatusCode.Conflict);
        (await SendAsync(HttpMethod.Delete, key, "/api/categories/orders")).Status.ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Get, key, "/api/categories/orders")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_critical_category_takes_a_key_with_the_scope()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        var critical = await edge.NewKeyAsync(user, "notifications", "critical");

        (await SendAsync(HttpMethod.Put, key, "/api/categories/alarms", """{"isCritical":true}""")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await SendAsync(HttpMethod.Put, critical, "/api/categories/alarms", """{"isCritical":true}""")).Status.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("""{"channels":["fax"]}""", "channels[0]")]
    [InlineData("""{"channels":["sms","sms"]}""", "channels[1]")]
    [InlineData("""{"channels":[]}""", "channels")]
    [InlineData("""{"preferences":{"fax":true}}""", "preferences.fax")]
    [InlineData("""{"throttle":{"*":{"count":1,"seconds":1}}}""", "throttle.*")]
    [InlineData("""{"throttle":{"sms":{"count":0,"seconds":1}}}""", "throttle.sms.count")]
    [InlineData("""{"fallback":{}}""", "fallback.channels")]
    [InlineData("""{"fallback":{"channels":["sms"],"afterMinutes":0}}""", "fallback.afterMinutes")]
    [InlineData("""{"digest":{"mode":"weekly"}}""", "digest.mode")]
    [InlineData("""{"digest":{"mode":"fixed"}}""", "digest.minutes")]
    [InlineData("""{"digest":{"mode":"sliding","minutes":10,"maxMinutes":5}}""", "digest.maxMinutes")]
    [InlineData("""{"digest":{"mode":"daily","at":"8am"}}""", "digest.at")]
    public async Task What_is_wrong_with_a_category_is_named(string body, string field)
    {
        var (_, key) = await edge.NewUserAsync("notifications");

        var (status, answer) = await SendAsync(HttpMethod.Put, key, "/api/categories/orders", body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer!["errors"]!.AsArray().Select(error => (string?)error!["name"]).ShouldBe([field]);
    }

    [Theory]
    [InlineData("""{"preferences":{"nothing":{"sms":false}}}""", "preferences.nothing")]
    [InlineData("""{"preferences":{"default":{"fax":false}}}""", "preferences.default.fax")]
    [InlineData("""{"quietHours":[{"days":[8],"from":"22:00","to":"07:00"}]}""", "quietHours[0].days")]
    [InlineData("""{"quietHours":[{"days":[1],"from":"24:00","to":"07:00"}]}""", "quietHours[0].from")]
    [InlineData("""{"quietHours":[{"from":"00:00","to":"00:00"}]}""", "quietHours")]
    [InlineData("""{"timeZone":"Mars/Olympus"}""", "timeZone")]
    public async Task What_is_wrong_with_preferences_is_named(string body, string field)
    {
        var (_, key) = await edge.NewUserAsync("notifications");
        await SendAsync(HttpMethod.Post, key, "/api/recipients", """{"id":"ann"}""");

        var (status, answer) = await SendAsync(HttpMethod.Put, key, "/api/recipients/ann/preferences", body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer!["errors"]!.AsArray().Select(error => (string?)error!["name"]).ShouldBe([field]);
    }

    [Fact]
    public async Task Preferences_are_replaced_as_a_whole_and_those_of_all_are_the_users()
    {
        var (_, key) = await edge.NewUserAsync("notifications");
        await SendAsync(HttpMethod.Post, key, "/api/recipients", """{"id":"ann","timeZone":"Europe/Vienna"}""");
        const string Path = "/api/recipients/ann/preferences";

        (await SendAsync(HttpMethod.Get, key, Path)).Body!.ToJsonString().ShouldBe("""{"preferences":{},"quietHours":null,"timeZone":"Europe/Vienna"}""");
        await SendAsync(HttpMethod.Put, key, Path, """{"preferences":{"default":{"sms":false}},"quietHours":[{"days":[5,6],"from":"22:00","to":"07:00"}]}""");
        await SendAsync(HttpMethod.Put, key, Path, """{"preferences":{"*":{"*":true}},"quietHours":[{"from":"22:00","to":"07:00"}],"timeZone":"Asia/Kathmandu"}""");
        (await SendAsync(HttpMethod.Get, key, Path)).Body!.ToJsonString().ShouldBe(
            """{"preferences":{"*":{"*":true}},"quietHours":[{"days":[1,2,3,4,5,6,7],"from":"22:00","to":"07:00"}],"timeZone":"Asia/Kathmandu"}""");

        await SendAsync(HttpMethod.Put, key, "/api/preferences", """{"preferences":{"*":{"push":false}}}""");
        (await SendAsync(HttpMethod.Get, key, "/api/preferences")).Body!.ToJsonString().ShouldBe("""{"preferences":{"*":{"push":false}},"quietHours":null}""");
    }

    [Fact]
    public async Task One_click_turns_off_mail_of_the_category_and_looking_at_the_link_turns_off_nothing()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        await SendAsync(HttpMethod.Put, key, "/api/categories/news", "{}");
        var link = await LinkAsync(user, key, "news");

        using (var page = await edge.Http.GetAsync(new Uri(link, UriKind.Relative)))
            page.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PreferencesAsync(key)).ShouldBe("{}");

        foreach (var body in (HttpContent[])[Form(("List-Unsubscribe", "One-Click")), new MultipartFormDataContent { { new StringContent("One-Click"), "List-Unsubscribe" } }])
        {
            await SendAsync(HttpMethod.Put, key, "/api/recipients/ann/preferences", """{"preferences":{"default":{"sms":false}}}""");
            using var answer = await edge.Http.PostAsync(new Uri(link, UriKind.Relative), body);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
            (await PreferencesAsync(key)).ShouldBe("""{"default":{"sms":false},"news":{"email":false}}""");
        }
    }

    [Fact]
    public async Task The_page_shows_what_holds_and_saves_what_is_ticked_and_no_more()
    {
        var (user, key) = await edge.NewUserAsync("notifications", "critical");
        await SendAsync(HttpMethod.Put, key, "/api/categories/news", """{"preferences":{"sms":false}}""");
        await SendAsync(HttpMethod.Put, key, "/api/categories/alarms", """{"isCritical":true}""");
        var link = await LinkAsync(user, key, "news");

        using var page = await edge.Http.GetAsync(new Uri(link, UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();
        Ticked(html).ShouldBe(["default/email", "default/inbox", "default/sms", "news/email", "news/inbox"]);
        html.ShouldNotContain("alarms");
        html.ShouldNotContain("whatsapp", Case.Insensitive, "they have no number there");
        html.ShouldNotContain("<script");
        page.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; style-src 'sha256-");

        // a category that came after the page was shown is not turned off by it
        await SendAsync(HttpMethod.Put, key, "/api/categories/later", "{}");
        string[] shown = ["default/email", "default/sms", "default/inbox", "news/email", "news/sms", "news/inbox"];
        using var saved = await edge.Http.PostAsync(new Uri(link, UriKind.Relative), Form(
            [("action", "save"), .. shown.Select(box => ("shown", box)), ("wanted", "default/email"), ("wanted", "default/inbox"), ("wanted", "news/sms"), ("wanted", "news/inbox"), ("wanted", "alarms/sms")]));
        var after = await saved.Content.ReadAsStringAsync();
        after.ShouldContain("Saved.");
        Ticked(after).ShouldBe(["default/email", "default/inbox", "later/email", "later/inbox", "later/sms", "news/inbox", "news/sms"]);
        (await PreferencesAsync(key)).ShouldBe("""{"default":{"sms":false},"news":{"email":false,"sms":true}}""");

        using var nothing = await edge.Http.PostAsync(new Uri(link, UriKind.Relative), Form(("action", "nothing")));
        Ticked(await nothing.Content.ReadAsStringAsync()).ShouldBeEmpty();
        (await PreferencesAsync(key)).ShouldBe("""{"*":{"*":false}}""");
    }

    [Fact]
    public async Task A_link_that_was_changed_or_whose_recipient_is_gone_opens_nothing()
    {
        var (user, key) = await edge.NewUserAsync("notifications");
        var link = await LinkAsync(user, key, "default");
        using (var changed = await edge.Http.GetAsync(new Uri($"{link[..^2]}AA", UriKind.Relative)))
            changed.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using (var odd = await edge.Http.PostAsync(new Uri(link, UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json")))
            odd.StatusCode.ShouldBe(HttpStatusCode.BadRequest);

        await SendAsync(HttpMethod.Delete, key, "/api/recipients/ann");

        using (var gone = await edge.Http.GetAsync(new Uri(link, UriKind.Relative)))
            gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var oneClick = await edge.Http.PostAsync(new Uri(link, UriKind.Relative), Form(("List-Unsubscribe", "One-Click")));
        oneClick.StatusCode.ShouldBe(HttpStatusCode.OK, "nothing comes any more");
    }

    private async Task<string> LinkAsync(Guid user, string key, string category)
    {
        await SendAsync(HttpMethod.Post, key, "/api/recipients", """{"id":"ann","email":"ann@example.com","phone":"+14155550100"}""");
        await using var command = edge.Database.CreateCommand("SELECT id FROM recipients WHERE user_id = $1");
        command.Parameters.AddWithValue(user);
        return $"/u/{Links.TokenFor(user, (Guid)(await command.ExecuteScalarAsync())!, category)}";
    }

    private async Task<string> PreferencesAsync(string key) =>
        (await SendAsync(HttpMethod.Get, key, "/api/recipients/ann/preferences")).Body!["preferences"]!.ToJsonString();

    private async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpMethod method, string key, string path, string? json = null)
    {
        using var body = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        using var answer = await edge.SendAsync(method, key, path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private static FormUrlEncodedContent Form(params IEnumerable<(string Name, string Value)> fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    // the values of the boxes that are ticked
    private static IEnumerable<string> Ticked(string html) => html.Split("<input type=\"checkbox\"").Skip(1).Select(box => box.Split('>')[0])
        .Where(box => box.EndsWith(" checked", StringComparison.Ordinal)).Select(box => box.Split("value=\"")[1].Split('"')[0]).Order(StringComparer.Ordinal);
}
