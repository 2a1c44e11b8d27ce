using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Google;

public sealed class MessageTests
{
    [Fact]
    public async Task A_plain_mail_has_its_headers_and_its_text()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var id = await AddAsync(simulator, new { to = "demo@example.com", from = "Jörg <j@b.test>", subject = "Grüße", body = "Schöne <Grüße>\nund mehr" });

        var mail = await gmail.GetAsync($"me/messages/{id}");

        Header(mail, "From").ShouldBe("Jörg <j@b.test>");
        Header(mail, "Subject").ShouldBe("Grüße");
        Text(mail["payload"]!).ShouldBe("Schöne <Grüße>\nund mehr");
        ((string)mail["snippet"]!).ShouldBe("Schöne &lt;Grüße&gt; und mehr".Replace("ö", "&#246;").Replace("ü", "&#252;").Replace("ß", "&#223;"));
        long.Parse((string)mail["internalDate"]!).ShouldBeGreaterThan(1_700_000_000_000);
    }

    [Fact]
    public async Task Html_and_attachments_make_a_tree_of_parts()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var id = await AddAsync(simulator, new
        {
            to = "demo@example.com",
            from = "a@b.test",
            subject = "Report",
            body = "plain",
            html = "<b>rich</b>",
            attachments = new[] { new { name = "report.pdf", contentType = "application/pdf", size = 1234 } },
        });

        var payload = (await gmail.GetAsync($"me/messages/{id}?format=full"))["payload"]!;

        ((string)payload["mimeType"]!).ShouldBe("multipart/mixed");
        ((string)payload["parts"]![0]!["mimeType"]!).ShouldBe("multipart/alternative");
        Text(payload["parts"]![0]!["parts"]![0]!).ShouldBe("plain");
        Text(payload["parts"]![0]!["parts"]![1]!).ShouldBe("<b>rich</b>");
        ((string)payload["parts"]![1]!["filename"]!).ShouldBe("report.pdf");
        ((int)payload["parts"]![1]!["body"]!["size"]!).ShouldBe(1234);
    }

    [Fact]
    public async Task Metadata_has_the_headers_that_are_asked_for_and_minimal_has_none()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var id = await AddAsync(simulator, new { to = "demo@example.com", from = "a@b.test", subject = "Report", body = "plain" });

        var metadata = await gmail.GetAsync($"me/messages/{id}?format=metadata&metadataHeaders=from&metadataHeaders=Subject");
        var minimal = await gmail.GetAsync($"me/messages/{id}?format=minimal");

        metadata["payload"]!["headers"]!.AsArray().Select(header => (string)header!["name"]!).ShouldBe(["From", "Subject"]);
        metadata["payload"]!.AsObject().ContainsKey("body").ShouldBeFalse();
        minimal.AsObject().ContainsKey("payload").ShouldBeFalse();
    }

    [Fact]
    public async Task A_delivery_report_is_raw_as_its_rfc_has_it()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var id = await AddAsync(simulator, new
        {
            to = "demo@example.com",
            from = "mailer-daemon@mx.test",
            report = new[] { new { recipient = "gone@b.test" } },
            reported = "<offer@example.com>",
        });

        var raw = Encoding.UTF8.GetString(Base64Url.DecodeFromChars((string)(await gmail.GetAsync($"me/messages/{id}?format=raw"))["raw"]!));

        Header(await gmail.GetAsync($"me/messages/{id}"), "Content-Type").ShouldStartWith("multipart/report; report-type=delivery-status");
        raw.ShouldContain("From: mailer-daemon@mx.test\r\n");
        raw.ShouldContain("Final-Recipient: rfc822; gone@b.test\r\nAction: failed\r\nStatus: 5.1.1\r\n");
        raw.ShouldContain("Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <offer@example.com>\r\n");
    }

    [Fact]
    public async Task The_list_is_newest_first_in_pages_and_can_begin_at_a_time()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var added = (await simulator.ControlAsync(
            "/_sim/gmail/messages", Enumerable.Range(0, 5).Select(n => new { to = "demo@example.com", from = "a@b.test", subject = $"{n}" })))!.AsArray();

        var first = await gmail.GetAsync("me/messages?maxResults=3");
        var second = await gmail.GetAsync($"me/messages?maxResults=3&pageToken={first["nextPageToken"]}");
        var future = await gmail.GetAsync($"me/messages?q=after:{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}");

        first["messages"]!.AsArray().Concat(second["messages"]!.AsArray()).Select(mail => (string)mail!["id"]!)
            .ShouldBe(added.Reverse().Select(mail => (string)mail!["id"]!));
        second.AsObject().ContainsKey("nextPageToken").ShouldBeFalse();
        future.AsObject().ContainsKey("messages").ShouldBeFalse();
    }

    private static async Task<string> AddAsync(RunningSimulator simulator, object mail) =>
        (string)(await simulator.ControlAsync("/_sim/gmail/messages", mail))!["id"]!;

    private static string? Header(JsonNode mail, string name) =>
        (string?)mail["payload"]!["headers"]!.AsArray().Single(header => (string)header!["name"]! == name)!["value"];

    private static string Text(JsonNode part) =>
        Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars((string)part["body"]!["data"]!));
}
