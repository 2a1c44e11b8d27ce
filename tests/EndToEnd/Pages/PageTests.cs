using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aspire.Hosting.Testing;
using PuppeteerSharp;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Pages;

/// <summary>The pages that people see, in a browser: they work, without an error, and ask nobody else for anything.</summary>
public sealed partial class PageTests(ApplicationFixture app) : IAsyncLifetime
{
    private HeadlessBrowser _browser = null!;

    public async ValueTask InitializeAsync() => _browser = await HeadlessBrowser.StartAsync();

    public async ValueTask DisposeAsync() => await _browser.DisposeAsync();

    [Fact]
    public async Task Who_unticks_a_box_behind_the_link_of_a_mail_gets_no_more_of_it()
    {
        var me = await app.Edge.NewUserAsync();
        var address = $"{Guid.CreateVersion7():n}@contoso.test";
        await me.PostAsync("/api/recipients", new { id = "ann", email = address }, HttpStatusCode.Created);
        await NotifyAsync(me, "First");
        var link = LinkIn((await MailsToAsync(address, 1))[0]);

        var page = await _browser.OpenAsync(link);
        const string Box = "input[type=checkbox][aria-label='General: Email']";
        (await IsTickedAsync(page, Box)).ShouldBeTrue("to look at it changes nothing");
        await page.ClickAsync(Box);
        await HeadlessBrowser.PressAsync(page, "button[value=save]");
        (await HeadlessBrowser.TextAsync(page)).ShouldContain("Saved.");
        (await IsTickedAsync(await _browser.OpenAsync(link), Box)).ShouldBeFalse();

        var second = await NotifyAsync(me, "Second");
        var result = await Eventually.SeesAsync(
            () => me.GetAsync($"/api/notify/{second}"), all => all["recipients"] is JsonArray { Count: 1 }, "it planned");
        var delivery = result["recipients"]![0]!["deliveries"]![0]!;
        ((string)delivery["state"]!, (string)delivery["reason"]!).ShouldBe(("skipped", "preference"));
        (await MailsToAsync(address, 1)).Count.ShouldBe(1);
        ShouldBeQuiet(link.Host);
    }

    [Fact]
    public async Task Who_is_asked_to_connect_a_mailbox_sees_who_asks_confirms_and_comes_back()
    {
        var me = await app.Edge.NewUserAsync();
        using var owner = new MailboxHolder(app.Simulator);
        var address = await owner.NewMailboxAsync();
        var begun = await MailboxHolder.BeginAsync(me, address);

        var page = await _browser.OpenAsync(MailboxHolder.PageOf(begun));
        (await HeadlessBrowser.TextAsync(page)).ShouldContain("A test's user");
        await HeadlessBrowser.PressAsync(page, "button[type=submit]");

        (await HeadlessBrowser.TextAsync(page)).ShouldContain(address);
        ((string)(await me.GetAsync("/api/accounts/email"))["items"]!.AsArray().ShouldHaveSingleItem()!["address"]!).ShouldBe(address);
        ShouldBeQuiet(MailboxHolder.PageOf(begun).Host);
    }

    [Fact]
    public async Task The_page_of_the_API_shows_its_endpoints()
    {
        var edge = app.App.GetEndpoint("edge-api", "http");

        var page = await _browser.OpenAsync(new(edge, "/docs"));
        // a large document, drawn by a large script
        await Eventually.SeesAsync(
            () => HeadlessBrowser.TextAsync(page), text => text.Contains("Phone numbers", StringComparison.Ordinal), "the endpoints",
            TimeSpan.FromSeconds(120));

        ShouldBeQuiet(edge.Host);
    }

    private void ShouldBeQuiet(string host)
    {
        _browser.Errors.ShouldBeEmpty();
        _browser.Hosts.ShouldBe([host]);
    }

    private static Task<bool> IsTickedAsync(IPage page, string box) => page.EvaluateFunctionAsync<bool>("box => document.querySelector(box).checked", box);

    private static async Task<string> NotifyAsync(EdgeClient me, string subject) => (string)(await me.PostAsync(
        "/api/notify", new { to = new[] { "ann" }, content = new { subject, body = "News" }, channels = new[] { "email" } },
        HttpStatusCode.Accepted))["id"]!;

    private Task<IReadOnlyList<JsonNode>> MailsToAsync(string address, int count) => Eventually.SeesAsync(
        async () => (IReadOnlyList<JsonNode>)[.. (await app.Simulator.GetAsync($"/_sim/smtp/messages?to={address}"))["items"]!.AsArray().Select(mail => mail!)],
        mails => mails.Count == count, "mails");

    private static Uri LinkIn(JsonNode mail) => new(Link().Match((string)mail["headers"]!["List-Unsubscribe"]!).Groups[1].Value);

    [GeneratedRegex("<(http[^>]+)>")]
    private static partial Regex Link();
}
