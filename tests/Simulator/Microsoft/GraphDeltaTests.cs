using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Microsoft;

public sealed class GraphDeltaTests
{
    [Fact]
    public async Task A_delta_tells_all_by_pages_and_then_what_was_added()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 95);
        var graph = await GraphClient.SignInAsync(simulator);

        var (first, last, pages) = await graph.WalkAsync("me/mailFolders/sentitems/messages/delta?$select=subject", "odata.maxpagesize=20");
        var (none, unchanged, _) = await graph.WalkAsync((string)last["@odata.deltaLink"]!);
        await AddAsync(simulator, 25);
        await simulator.ControlAsync("/_sim/graph/messages", new { address = "ann@example.com", from = "ben@contoso.test", subject = "Into the inbox" });
        var (added, _, _) = await graph.WalkAsync((string)unchanged["@odata.deltaLink"]!);

        pages.ShouldBe(5);
        first.Select(mail => (string)mail["id"]!).Distinct().Count().ShouldBe(95);
        none.ShouldBeEmpty();
        added.Select(mail => (string)mail["subject"]!).ShouldBe(Enumerable.Range(0, 25).Select(n => $"Added {n}"));
        added[0]["body"].ShouldBeNull("the select of the first call goes on");
    }

    [Fact]
    public async Task What_is_added_while_the_pages_are_read_is_told_once()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 30);
        var graph = await GraphClient.SignInAsync(simulator);

        var page = await graph.GetAsync("me/mailFolders/sentitems/messages/delta", "odata.maxpagesize=20");
        await AddAsync(simulator, 3);
        var (rest, last, _) = await graph.WalkAsync((string)page["@odata.nextLink"]!, "odata.maxpagesize=20");
        var (later, _, _) = await graph.WalkAsync((string)last["@odata.deltaLink"]!);

        rest.Count.ShouldBe(13);
        later.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delta_can_begin_at_a_time()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 300);
        var graph = await GraphClient.SignInAsync(simulator);
        const string Filter = "$filter=receivedDateTime ge 2026-01-21T12:00:00Z";

        var (delta, _, _) = await graph.WalkAsync($"me/mailFolders/inbox/messages/delta?{Filter}", "odata.maxpagesize=50");
        var (list, _, _) = await graph.WalkAsync($"me/mailFolders/inbox/messages?$top=50&{Filter}");

        delta.Select(mail => (string)mail["id"]!).ShouldBe(list.Select(mail => (string)mail["id"]!));
        list.Count.ShouldBeInRange(20, 120);
    }

    [Fact]
    public async Task A_stale_token_is_gone_and_one_that_is_none_is_refused()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await GraphClient.MakeAsync(simulator, 5);
        var graph = await GraphClient.SignInAsync(simulator);
        var link = (string)(await graph.WalkAsync("me/mailFolders/inbox/messages/delta")).Last["@odata.deltaLink"]!;

        await simulator.ControlAsync("/_sim/graph/stale", new { address = "ann@example.com" });
        using var stale = await graph.CallAsync(link);
        using var wrong = await graph.CallAsync("me/mailFolders/inbox/messages/delta?$deltatoken=x1");
        using var othersFolder = await graph.CallAsync(link.Replace("inbox", "sentitems"));

        ((int)stale.StatusCode).ShouldBe(410);
        ((string)(await stale.ReadJsonAsync())["error"]!["code"]!).ShouldBe("syncStateNotFound");
        ((int)wrong.StatusCode).ShouldBe(400);
        ((int)othersFolder.StatusCode).ShouldBe(400);
        (await graph.WalkAsync("me/mailFolders/inbox/messages/delta")).Last["@odata.deltaLink"].ShouldNotBeNull();
    }

    private static Task<JsonNode?> AddAsync(RunningSimulator simulator, int count) => simulator.ControlAsync("/_sim/graph/messages", Enumerable.Range(0, count)
        .Select(n => new { address = "ann@example.com", folder = "sentitems", to = "ben@contoso.test", subject = $"Added {n}" }).ToArray());
}
