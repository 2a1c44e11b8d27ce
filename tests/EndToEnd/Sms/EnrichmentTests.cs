using System.Net;
using System.Text.Json.Nodes;
using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Sms;

/// <summary>The third system, as its user sees it: an SMS comes in, with pictures and voice, and becomes items.</summary>
public sealed class EnrichmentTests(ApplicationFixture app)
{
    [Fact]
    public async Task An_sms_with_a_picture_and_a_voice_message_is_three_completed_items_within_three_seconds_and_leaves_no_file()
    {
        var phone = await Phone.VerifiedAsync(app);
        await phone.TextAsync("The first fetch of a process compiles what it runs", Picture(1_000));
        await phone.SettledAsync(Sid(await phone.TextAsync("and the first transcript too", Voice("warm"))), 2);

        var sent = await phone.TextAsync(
            "Lunch on 12 March 2027 at https://cafe.test/menu for €12.50? Call +44 20 7946 0958", Picture(200_000), Voice("See you at noon"));

        ((int)sent["status"]!).ShouldBe(200);
        var items = await phone.SettledAsync(Sid(sent), 3, TimeSpan.FromSeconds(3));
        items.ShouldAllBe(item => (string)item["status"]! == "completed" && (string)item["source"]! == "mms");
        items.Select(item => (string)item["kind"]!).ShouldBe(["text", "image", "audio"]);
        var entities = items[0]["entities"]!;
        ((string)entities["links"]![0]!).ShouldBe("https://cafe.test/menu");
        ((string)entities["dates"]![0]!["value"]!).ShouldBe("2027-03-12");
        ((string)entities["phoneNumbers"]![0]!).ShouldBe("+442079460958");
        ((decimal)entities["amounts"]![0]!["value"]!).ShouldBe(12.50m);
        ((string)entities["amounts"]![0]!["currency"]!).ShouldBe("EUR");
        ((long)items[1]["sizeBytes"]!).ShouldBe(200_000);
        ((string)items[2]["transcript"]!).ShouldBe("See you at noon");
        FilesIn(app.MediaTempFolder).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_link_of_a_picture_opens_it_without_a_key_and_a_changed_one_does_not()
    {
        var phone = await Phone.VerifiedAsync(app);
        var items = await phone.SettledAsync(Sid(await phone.TextAsync("", Picture(50_000))), 1);

        var item = await phone.Owner.GetAsync($"/api/enrichments/{items[0]["id"]}");
        var url = (string)item["media"]!["url"]!;

        using var picture = await phone.Owner.Http.GetAsync(new Uri(url, UriKind.RelativeOrAbsolute));
        picture.StatusCode.ShouldBe(HttpStatusCode.OK);
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        (await picture.Content.ReadAsByteArrayAsync()).Length.ShouldBe(50_000);
        ((DateTimeOffset)item["media"]!["expiresAt"]!).ShouldBeGreaterThan(TimeProvider.System.GetUtcNow());

        using var changed = await phone.Owner.Http.GetAsync(new Uri(url[..^2] + (url[^2] == 'A' ? "B" : "A") + url[^1], UriKind.RelativeOrAbsolute));
        changed.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_sms_that_comes_again_changes_nothing()
    {
        var phone = await Phone.VerifiedAsync(app);
        var sid = Sid(await phone.TextAsync("Once", Picture(1_000)));
        await phone.SettledAsync(sid, 2);

        for (var again = 0; again < 3; again++)
            ((int)(await app.Simulator.ReceiveTextAsync(new { from = phone.Number, body = "Once", messageSid = sid }))["status"]!).ShouldBe(200);
        await phone.SettledAsync(Sid(await phone.TextAsync("Another")), 1);

        (await phone.ItemsAsync()).Count.ShouldBe(3);
        var texts = await phone.Owner.GetAsync("/api/sms/messages");
        texts["items"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Verification_and_unlinking_take_effect_on_the_next_sms()
    {
        var phone = new Phone(app, await app.Edge.NewUserAsync());

        ((string?)(await phone.TextAsync("Who is there?"))["reply"]).ShouldNotBeNullOrEmpty("an unknown sender is told what to do");
        ((string?)(await phone.TextAsync("Hello?"))["reply"]).ShouldBeNull("once a day is enough");
        await phone.LinkAsync();
        await phone.TextAsync("Linked, not verified");
        await phone.VerifyAsync();
        var sid = Sid(await phone.TextAsync("Verified"));
        await phone.SettledAsync(sid, 1);
        (await phone.Owner.SendAsync(HttpMethod.Delete, $"/api/phone-numbers/{phone.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await phone.TextAsync("Unlinked");

        // what was taken after the last SMS of all is there: nothing more comes
        var other = await Phone.VerifiedAsync(app, phone.Owner);
        await other.SettledAsync(Sid(await other.TextAsync("The last")), 1);
        (await phone.ItemsAsync()).Select(item => (string?)item["text"]).ShouldBe(["The last", "Verified"]);
    }

    [Fact]
    public async Task The_twenty_first_sms_of_an_hour_is_refused_and_everybody_can_see_it()
    {
        var phone = await Phone.VerifiedAsync(app);
        for (var number = 1; number <= 20; number++)
            ((string?)(await phone.TextAsync($"Text {number}"))["reply"]).ShouldBeNull($"SMS {number} is within the limit");

        var refused = await phone.TextAsync("One too many");

        ((int)refused["status"]!).ShouldBe(200);
        ((string?)refused["reply"]).ShouldNotBeNull().ShouldContain("20");
        await Eventually.SeesAsync(async () => (await phone.ItemsAsync()).Count, count => count == 20, "20 items");
        var texts = (await phone.Owner.GetAsync("/api/sms/messages?outcome=refused"))["items"]!.AsArray();
        ((string?)texts.ShouldHaveSingleItem()!["messageSid"]).ShouldBe(Sid(refused));
        var mine = (await phone.Owner.GetAsync("/api/phone-numbers"))["items"]!.AsArray().ShouldHaveSingleItem()!;
        ((int)mine["textsRefused"]!).ShouldBe(1);
    }

    [Fact]
    public async Task A_rule_sends_an_sms_on_by_what_is_written_or_said_in_it()
    {
        var phone = await Phone.VerifiedAsync(app);
        await phone.Owner.PostAsync(
            "/api/rules",
            new
            {
                name = "Urgent SMS",
                type = "combined",
                sender = new { addresses = new[] { phone.Number } },
                content = new { anyOf = new[] { "urgent" } },
                template = "{{from}} says: {{text}}",
                channel = "sms",
                recipient = "+15550117001",
            },
            HttpStatusCode.Created);

        await phone.TextAsync("This is urgent");
        await phone.TextAsync("Listen", Voice("it is urgent indeed"), Picture(1_000));
        await phone.TextAsync("Nothing to see here", Voice("all is well"));

        var written = await phone.Owner.NotificationAsync($"{phone.Number} says: This is urgent", "delivered");
        ((string?)written["source"]).ShouldBe("text");
        ((string?)written["channel"]).ShouldBe("sms");
        await phone.Owner.NotificationAsync($"{phone.Number} says: Listen\nit is urgent indeed", "delivered");
        await Eventually.SeesAsync(() => phone.ItemsAsync(), items => items.Count == 6 && items.All(Phone.IsSettled), "six settled items");
        (await phone.Owner.NotificationsAsync()).Count.ShouldBe(2);
    }

    private static object Picture(int bytes) => new { contentType = "image/png", sizeBytes = bytes };

    private static object Voice(string says, int seconds = 3) =>
        new { contentType = "audio/wav", sizeBytes = 44 + 16_000 * seconds, seconds, says };

    private static string Sid(JsonNode sent) => (string)sent["messageSid"]!;

    // a process keeps its folder with its lock there; files of SMS are what must be gone
    private static IEnumerable<string> FilesIn(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("lock", StringComparison.Ordinal))
        : [];
}
