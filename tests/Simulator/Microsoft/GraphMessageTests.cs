using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class GraphMessageTests
{
    [Fact]
    public async Task Pages_tell_every_mail_once_and_in_order()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var made = await GraphClient.MakeAsync(simulator, 250);
        var graph = await GraphClient.SignInAsync(simulator);

        var (sent, _, pages) = await graph.WalkAsync("me/mailFolders/sentitems/messages?$top=100&$orderby=receivedDateTime asc&$select=receivedDateTime");
        var (inbox, _, _) = await graph.WalkAsync("me/mailFolders('Inbox')/messages?$top=30");
        var (all, _, _) = await graph.WalkAsync("me/messages?$top=77&$select=id,receivedDateTime");

        pages.ShouldBe(3);
        sent.Count.ShouldBe(250);
        Times(sent).ShouldBe(Times(sent).Order());
        inbox.Count.ShouldBe((int)made["received"]!);
        Times(inbox).ShouldBe(Times(inbox).OrderDescending());
        Ids(all).Order().ShouldBe(Ids(sent).Concat(Ids(inbox)).Order());
        Ids(all).Distinct().Count().ShouldBe(all.Count);
        Times(all).ShouldBe(Times(all).OrderDescending());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(99)]
    [InlineData(301)]
    [InlineData(5000)]
    public async Task Skipping_lands_where_counting_would(int skip)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 300, 0.5);
        var graph = await GraphClient.SignInAsync(simulator);
        await simulator.ControlAsync("/_sim/graph/messages", Enumerable.Range(0, 20)
            .Select(n => new { address = "ann@example.com", from = "ben@contoso.test", subject = $"Added {n}", at = $"2026-01-{n + 10}T00:00:00Z" }).ToArray());

        foreach (var order in new[] { "asc", "desc" })
        {
            var all = Ids((await graph.GetAsync($"me/messages?$top=1000&$orderby=receivedDateTime {order}"))["value"]!.AsArray()!).ToList();
            var page = await graph.GetAsync($"me/messages?$top=5&$skip={skip}&$orderby=receivedDateTime {order}");
            Ids(page["value"]!.AsArray()!).ShouldBe(all.Skip(skip).Take(5));
        }
    }

    [Fact]
    public async Task A_message_has_what_a_tracker_reads()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 50, 1, autoReplyRate: 1);
        var graph = await GraphClient.SignInAsync(simulator);
        var inbox = (await graph.GetAsync("me/mailFolders/inbox/messages?$top=100&$select=subject,conversationId,internetMessageHeaders,from,conversationIndex"))["value"]!.AsArray();
        var reply = inbox.First(mail => ((string)mail!["subject"]!).StartsWith("Re: "))!;
        var autoReply = inbox.First(mail => ((string)mail!["subject"]!).StartsWith("Automatic reply: "))!;

        var sentId = Header(reply, "In-Reply-To")!;
        var found = (await graph.GetAsync($"me/messages?$filter=internetMessageId eq '{Uri.EscapeDataString(sentId)}'"))["value"]!.AsArray().ShouldHaveSingleItem()!;
        var one = await graph.GetAsync($"me/messages/{found["id"]}");

        one.ToJsonString().ShouldContain(sentId[1..10]);
        ((string)one["conversationId"]!).ShouldBe((string)reply["conversationId"]!);
        ((string)one["toRecipients"]![0]!["emailAddress"]!["address"]!).ShouldBe((string)reply["from"]!["emailAddress"]!["address"]!);
        ((string)one["from"]!["emailAddress"]!["address"]!).ShouldBe("ann@example.com");
        ((bool)one["isDraft"]!).ShouldBeFalse();
        ((string)one["body"]!["contentType"]!).ShouldBe("html");
        one["internetMessageHeaders"].ShouldBeNull();
        ((string)one["@odata.etag"]!).ShouldStartWith("W/\"");
        reply["body"].ShouldBeNull();
        Header(reply, "Auto-Submitted").ShouldBeNull();
        Header(autoReply, "Auto-Submitted").ShouldBe("auto-replied");
        Convert.FromBase64String((string)reply["conversationIndex"]!).Length.ShouldBe(27);
        var conversation = await graph.GetAsync($"me/messages?$filter=conversationId eq '{one["conversationId"]}'&$select=id");
        conversation["value"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_filter_takes_the_mails_of_a_time_and_no_others()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 400);
        var graph = await GraphClient.SignInAsync(simulator);
        var (sent, _, _) = await graph.WalkAsync("me/mailFolders/sentitems/messages?$top=1000&$orderby=receivedDateTime&$select=receivedDateTime");
        var (from, to) = (Times(sent).ElementAt(100), Times(sent).ElementAt(200));

        var page = await graph.GetAsync(
            $"me/mailFolders/sentitems/messages?$top=1000&$count=true&$filter=receivedDateTime ge {from:yyyy-MM-ddTHH:mm:ssZ} and receivedDateTime lt {to:yyyy-MM-ddTHH:mm:ssZ}&$orderby=receivedDateTime asc");

        Ids(page["value"]!.AsArray()!).ShouldBe(Ids(sent).Skip(100).Take(100));
        ((int)page["@odata.count"]!).ShouldBe(100);
    }

    [Theory]
    [InlineData("me/messages?$top=1001", 400, "BadRequest")]
    [InlineData("me/messages?$top=0", 400, "BadRequest")]
    [InlineData("me/messages?$filter=importance eq 'high'", 400, "BadRequest")]
    [InlineData("me/messages?$filter=receivedDateTime ge '2026-01-01'", 400, "BadRequest")]
    [InlineData("me/messages?$filter=conversationId eq 'x'&$orderby=receivedDateTime", 400, "InefficientFilter")]
    [InlineData("me/messages?$select=soul", 400, "BadRequest")]
    [InlineData("me/messages?$skiptoken=x", 400, "BadRequest")]
    [InlineData("me/messages/AAMkNone", 404, "ErrorItemNotFound")]
    [InlineData("me/mailFolders/attic/messages", 404, "ErrorItemNotFound")]
    [InlineData("users/ben@example.com/messages", 403, "ErrorAccessDenied")]
    [InlineData("me/calendar", 400, "BadRequest")]
    public async Task What_cannot_be_answered_is_refused_in_Graphs_way(string path, int status, string code)
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);

        using var answer = await graph.CallAsync(path);

        ((int)answer.StatusCode).ShouldBe(status);
        ((string)(await answer.ReadJsonAsync())["error"]!["code"]!).ShouldBe(code);
    }

    [Fact]
    public async Task A_broken_mail_stands_among_good_ones()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 0);
        var graph = await GraphClient.SignInAsync(simulator);
        await simulator.ControlAsync("/_sim/graph/messages", new { address = "ann@example.com", from = "ben@contoso.test", subject = "Good" });
        var broken = await simulator.ControlAsync("/_sim/graph/messages", new { address = "ann@example.com", from = "ben@contoso.test", subject = "Bad", broken = true, id = "bad-1" });

        var mails = (await graph.GetAsync("me/mailFolders/inbox/messages"))["value"]!.AsArray();
        var alone = await graph.GetAsync("me/messages/bad-1");

        mails.Count.ShouldBe(2);
        ((string)broken!["id"]!).ShouldBe("bad-1");
        alone["from"].ShouldBeNull();
        alone["receivedDateTime"].ShouldBeNull();
        ((string)alone["subject"]!).ShouldBe("Bad");
    }

    [Fact]
    public async Task Bodies_come_as_text_when_that_is_preferred()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 1);
        var graph = await GraphClient.SignInAsync(simulator);

        var page = await graph.GetAsync("me/messages", prefer: "outlook.body-content-type=\"text\", IdType=\"ImmutableId\"");

        ((string)page["value"]![0]!["body"]!["contentType"]!).ShouldBe("text");
    }

    [Fact]
    public async Task Folders_are_listed_with_their_sizes()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 40);
        var graph = await GraphClient.SignInAsync(simulator);

        var folders = (await graph.GetAsync("me/mailFolders"))["value"]!.AsArray();
        var sent = folders.Single(folder => (string)folder!["displayName"]! == "Sent Items")!;

        ((int)sent["totalItemCount"]!).ShouldBe(40);
        (await graph.GetAsync($"me/mailFolders/{sent["id"]}/messages?$top=50"))["value"]!.AsArray().Count.ShouldBe(40);
    }

    private static IEnumerable<string> Ids(IEnumerable<JsonNode> mails) => mails.Select(mail => (string)mail["id"]!);

    private static IEnumerable<DateTimeOffset> Times(IEnumerable<JsonNode> mails) => mails.Select(mail => (DateTimeOffset)mail["receivedDateTime"]!);

    private static string? Header(JsonNode mail, string name) =>
        (string?)mail["internetMessageHeaders"]!.AsArray().FirstOrDefault(header => (string)header!["name"]! == name)?["value"];
}
