using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class OutcomeTests
{
    [Fact]
    public async Task The_outcomes_are_what_a_walk_through_the_API_finds()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 3000, 0.4, autoReplyRate: 0.1, bounceRate: 0.05);
        var graph = await GraphClient.SignInAsync(simulator);
        var walked = await MailWalk.ReadAsync(graph);

        var expected = await simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com/truth");
        var mails = await OutcomesOfMailsAsync(simulator);

        mails.Count.ShouldBe(3000);
        foreach (var mail in mails)
        {
            var sent = walked[(string)mail["internetMessageId"]!];
            ((string)mail["status"]!).ShouldBe(sent.Status);
            ((long?)mail["responseSeconds"]).ShouldBe(sent.ResponseSeconds);
            ((bool)mail["autoReplied"]!).ShouldBe(sent.AutoReplied);
        }

        ShouldBe(expected, walked.Values);
        ((int)expected["responded"]!).ShouldBeInRange(1000, 1300);
        ((int)expected["bounced"]!).ShouldBeInRange(100, 200);
        ((int)expected["autoReplied"]!).ShouldBeInRange(230, 340);
    }

    [Fact]
    public async Task The_outcomes_of_a_time_are_of_the_mails_sent_in_it()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 1000);
        var graph = await GraphClient.SignInAsync(simulator);
        var walked = await MailWalk.ReadAsync(graph);
        var (from, to) = (new DateTimeOffset(2026, 1, 10, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 20, 0, 0, 0, TimeSpan.Zero));

        var expected = await simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com/truth?from=2026-01-10T00:00:00Z&to=2026-01-20T00:00:00Z");

        ShouldBe(expected, walked.Values.Where(mail => mail.SentAt >= from && mail.SentAt < to));
        ((int)expected["sent"]!).ShouldBeInRange(300, 360);
    }

    [Fact]
    public async Task Mails_that_were_put_in_are_part_of_the_outcomes()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 2, replyRate: 0);
        var planned = (string)(await OutcomesOfMailsAsync(simulator))[0]["internetMessageId"]!;
        // the answer comes before the mail that it answers
        await AddAsync(simulator, new { inReplyTo = "<s1@example.com>", from = "ben@contoso.test", at = "2026-01-20T10:00:00Z" });
        var first = await AddAsync(simulator, new { folder = "sentitems", to = "ben@contoso.test", internetMessageId = "<s1@example.com>", at = "2026-01-20T09:00:00Z" });
        var second = await AddAsync(simulator, new { folder = "sentitems", to = "eve@fabrikam.test", internetMessageId = "<s2@example.com>", at = "2026-01-20T09:00:00Z" });
        await AddAsync(simulator, new { folder = "sentitems", to = "kim@adatum.test", internetMessageId = "<s3@example.com>", at = "2026-01-20T09:00:00Z" });
        await AddAsync(simulator, new { references = "<x@y> <s1@example.com>", from = "ben@contoso.test", at = "2026-01-20T09:30:00Z" });
        await AddAsync(simulator, new { inReplyTo = "<s2@example.com>", from = "eve@fabrikam.test", autoReply = true, at = "2026-01-20T09:00:10Z" });
        await AddAsync(simulator, new { conversationId = (string)second["conversationId"]!, from = "eve@fabrikam.test", at = "2026-01-20T09:10:00Z" });
        await AddAsync(simulator, new { inReplyTo = "<s3@example.com>", from = "postmaster@adatum.test", bounce = true, at = "2026-01-20T09:00:05Z" });
        var reply = await AddAsync(simulator, new { inReplyTo = planned, from = "ben@contoso.test", at = "2026-01-30T00:00:00Z" });
        await AddAsync(simulator, new { from = "ben@contoso.test", subject = "Of something else" });
        await AddAsync(simulator, new { folder = "sentitems", to = "ben@contoso.test", broken = true });

        var mails = await OutcomesOfMailsAsync(simulator);
        var byId = mails.ToDictionary(mail => (string)mail["internetMessageId"]!);

        mails.Count.ShouldBe(5);
        ((long)byId["<s1@example.com>"]["responseSeconds"]!).ShouldBe(1800);
        ((long)byId["<s2@example.com>"]["responseSeconds"]!).ShouldBe(600);
        ((bool)byId["<s2@example.com>"]["autoReplied"]!).ShouldBeTrue();
        ((string)byId["<s3@example.com>"]["status"]!).ShouldBe("bounced");
        ((string)byId[planned]["status"]!).ShouldBe("responded");
        ((string)mails[1]["status"]!).ShouldBe("active");
        ((string)first["conversationId"]!).ShouldNotBe((string)second["conversationId"]!);
        var graph = await GraphClient.SignInAsync(simulator);
        (await graph.GetAsync($"me/messages?$filter=conversationId eq '{reply["conversationId"]}'"))["value"]!.AsArray().Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_seed_and_end_make_the_same_mails_and_another_seed_others()
    {
        await using var first = await RunningSimulator.StartAsync();
        await using var second = await RunningSimulator.StartAsync();
        List<JsonArray> mails = [];
        foreach (var (simulator, seed) in new[] { (first, 7), (second, 7), (second, 8) })
        {
            await simulator.ControlAsync("/_sim/graph/mailboxes", new
            {
                address = "ann@example.com",
                messages = 500,
                replyRate = 0.5,
                spanDays = 10,
                seed,
                until = "2026-01-31T12:00:00Z",
            });
            mails.Add((await (await GraphClient.SignInAsync(simulator)).GetAsync("me/messages?$top=1000"))["value"]!.AsArray());
        }

        mails[1].ToJsonString().ShouldBe(mails[0].ToJsonString());
        mails[2].Select(Time).ShouldNotBe(mails[0].Select(Time));
        mails[2].Select(Id).Intersect(mails[0].Select(Id)).ShouldBeEmpty();

        string Time(JsonNode? mail) => (string)mail!["receivedDateTime"]!;
        string Id(JsonNode? mail) => (string)mail!["internetMessageId"]!;
    }

    [Fact]
    public async Task A_mailbox_of_a_million_is_made_and_read_anywhere_at_once()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var made = await GraphClient.MakeAsync(simulator, 1_000_000);
        var graph = await GraphClient.SignInAsync(simulator);

        var last = await graph.GetAsync("me/mailFolders/sentitems/messages?$top=10&$skip=999995&$orderby=receivedDateTime asc");
        var middle = await graph.GetAsync("me/messages?$top=1000&$skip=700000&$select=id");
        var expected = await simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com/truth");

        ((int)made["sent"]!).ShouldBe(1_000_000);
        ((int)made["received"]!).ShouldBeInRange(397_000, 403_000);
        last["value"]!.AsArray().Count.ShouldBe(5);
        middle["value"]!.AsArray().Count.ShouldBe(1000);
        ((int)expected["sent"]!).ShouldBe(1_000_000);
        ((int)expected["responded"]!).ShouldBe((int)made["received"]!);
    }

    [Fact]
    public async Task A_mailbox_can_be_deleted()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 3);
        var graph = await GraphClient.SignInAsync(simulator);

        using var deleted = await simulator.Http.DeleteAsync("/_sim/graph/mailboxes/ann@example.com");
        using var gone = await simulator.Http.GetAsync("/_sim/graph/mailboxes/ann@example.com");
        using var call = await graph.CallAsync("me/messages");

        ((int)deleted.StatusCode).ShouldBe(204);
        ((int)gone.StatusCode).ShouldBe(404);
        ((int)call.StatusCode).ShouldBe(404);
    }

    private static void ShouldBe(JsonNode expected, IEnumerable<WalkedMail> mails)
    {
        var all = mails.ToList();
        var responses = all.Select(mail => mail.ResponseSeconds).OfType<long>().Order().ToList();
        ((int)expected["sent"]!).ShouldBe(all.Count);
        ((int)expected["responded"]!).ShouldBe(responses.Count);
        ((int)expected["bounced"]!).ShouldBe(all.Count(mail => mail.Status == "bounced"));
        ((int)expected["autoReplied"]!).ShouldBe(all.Count(mail => mail.AutoReplied));
        ((double)expected["medianSeconds"]!).ShouldBe((responses[(responses.Count - 1) / 2] + responses[responses.Count / 2]) / 2.0, 0.001);
        ((double)expected["p90Seconds"]!).ShouldBeInRange(responses[(int)(0.9 * (responses.Count - 1))], responses[(int)(0.9 * (responses.Count - 1)) + 1]);
        expected["byDomain"]!.AsArray().ToDictionary(domain => (string)domain!["domain"]!, domain => ((int)domain!["sent"]!, (int)domain["responded"]!))
            .ShouldBe(all.GroupBy(mail => mail.Domain).ToDictionary(group => group.Key, group => (group.Count(), group.Count(mail => mail.ResponseSeconds is not null))), ignoreOrder: true);
        var hours = expected["byHourOfWeek"]!.AsArray();
        hours.Count.ShouldBe(168);
        foreach (var group in all.GroupBy(mail => ((((int)mail.SentAt.DayOfWeek + 6) % 7) * 24) + mail.SentAt.Hour))
        {
            ((int)hours[group.Key]!["hour"]!).ShouldBe(group.Key);
            ((int)hours[group.Key]!["sent"]!).ShouldBe(group.Count());
        }

        hours.Sum(hour => (int)hour!["sent"]!).ShouldBe(all.Count);
    }

    private static async Task<JsonNode> AddAsync(RunningSimulator simulator, object mail)
    {
        var json = System.Text.Json.JsonSerializer.SerializeToNode(mail)!.AsObject();
        json["address"] = "ann@example.com";
        return (await simulator.ControlAsync("/_sim/graph/messages", json))!;
    }

    private static async Task<List<JsonNode>> OutcomesOfMailsAsync(RunningSimulator simulator)
    {
        List<JsonNode> mails = [];
        JsonNode page;
        do
        {
            page = await simulator.GetAsync($"/_sim/graph/mailboxes/ann@example.com/truth/mails?offset={mails.Count}&limit=700");
            mails.AddRange(page["items"]!.AsArray().Select(mail => mail!));
        }
        while (mails.Count < (int)page["total"]!);

        return mails;
    }
}
