using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class GraphBatchTests
{
    [Fact]
    public async Task A_batch_answers_each_call_by_its_id()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 100);
        var graph = await GraphClient.SignInAsync(simulator);

        var answers = await graph.BatchAsync(
        [
            .. Enumerable.Range(0, 18).Select(n => new { id = $"{n}", method = "GET", url = $"/me/mailFolders/sentitems/messages?$top=1&$skip={n}&$orderby=receivedDateTime" }),
            new { id = "none", method = "GET", url = "/me/messages/none" },
            new { id = "me", method = "GET", url = "me" },
        ]);
        var first = await graph.GetAsync("me/mailFolders/sentitems/messages?$top=18&$orderby=receivedDateTime");

        answers.Count.ShouldBe(20);
        Enumerable.Range(0, 18).Select(n => (string)answers[$"{n}"]["body"]!["value"]![0]!["id"]!)
            .ShouldBe(first["value"]!.AsArray().Select(mail => (string)mail!["id"]!));
        ((int)answers["none"]["status"]!).ShouldBe(404);
        ((string)answers["none"]["body"]!["error"]!["code"]!).ShouldBe("ErrorItemNotFound");
        ((string)answers["me"]["body"]!["mail"]!).ShouldBe("ann@example.com");
        ((int)(await simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com"))["requests"]!).ShouldBe(20, "19 in the batch, 1 by itself; /me is none of the mailbox");
    }

    [Fact]
    public async Task What_depends_on_a_failure_fails_and_what_depends_on_that_too()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);

        var answers = await graph.BatchAsync(
            new { id = "1", method = "GET", url = "/me/messages/none" },
            new { id = "2", method = "GET", url = "/me/messages", dependsOn = new[] { "1" } },
            new { id = "3", method = "GET", url = "/me/messages", dependsOn = new[] { "2" } },
            new { id = "4", method = "GET", url = "/me/messages" },
            new { id = "5", method = "GET", url = "/me/messages", dependsOn = new[] { "4" } });

        answers.OrderBy(answer => answer.Key).Select(answer => (int)answer.Value["status"]!).ShouldBe([404, 424, 424, 200, 200]);
    }

    [Fact]
    public async Task Calls_over_the_limit_are_throttled_one_by_one()
    {
        await using var simulator = await RunningSimulator.StartAsync(new TestClock(), "Graph:MaxRequestsInWindow=7");
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);

        var answers = (await graph.BatchAsync([.. Enumerable.Range(0, 10).Select(n => new { id = $"{n}", method = "GET", url = "/me/messages" })])).Values;

        answers.Count(answer => (int)answer["status"]! == 200).ShouldBe(7);
        foreach (var refused in answers.Where(answer => (int)answer["status"]! != 200))
        {
            ((int)refused["status"]!).ShouldBe(429);
            int.Parse((string)refused["headers"]!["Retry-After"]!).ShouldBeInRange(590, 600);
        }
    }

    [Fact]
    public async Task A_batch_is_served_a_few_calls_at_a_time_and_two_at_once_are_too_many()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);
        await simulator.ControlAsync("/_sim/graph/limits", new { latencyMs = 100 });
        object[] calls = [.. Enumerable.Range(0, 12).Select(n => new { id = $"{n}", method = "GET", url = "/me/messages" })];

        var first = graph.BatchAsync(calls);
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(100), waits: 4);
        clock.Advance(TimeSpan.FromMilliseconds(100));
        await clock.RunUntilAsync(first);
        var peak = (int)(await MailboxAsync())["peakConcurrency"]!;
        var second = Task.WhenAll(graph.BatchAsync(calls), graph.BatchAsync(calls));
        while ((int)(await MailboxAsync())["throttled"]! == 0)
        {
            await Task.Yield();
        }

        await clock.RunUntilAsync(second);
        var (alone, together) = (await first, await second);

        alone.Values.ShouldAllBe(answer => (int)answer["status"]! == 200);
        peak.ShouldBe(4);
        together.SelectMany(answers => answers.Values).Count(answer => (int)answer["status"]! == 429).ShouldBeGreaterThan(0);

        Task<JsonNode> MailboxAsync() => simulator.GetAsync("/_sim/graph/mailboxes/ann@example.com");
    }

    [Fact]
    public async Task A_batch_of_over_20_or_with_a_wrong_call_is_refused_whole()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);

        foreach (var requests in new object[][]
        {
            [.. Enumerable.Range(0, 21).Select(n => new { id = $"{n}", method = "GET", url = "/me" })],
            [],
            [new { id = "1", method = "GET", url = "/me" }, new { id = "1", method = "GET", url = "/me" }],
            [new { id = "1", method = "GET", url = "/me", dependsOn = new[] { "2" } }, new { id = "2", method = "GET", url = "/me" }],
            [new { id = "1", method = "GET", url = "https://graph.microsoft.com/v1.0/me" }],
            [new { method = "GET", url = "/me" }],
        })
        {
            using var answer = await graph.CallAsync("$batch", HttpMethod.Post, new { requests });
            ((int)answer.StatusCode).ShouldBe(400);
        }
    }
}
