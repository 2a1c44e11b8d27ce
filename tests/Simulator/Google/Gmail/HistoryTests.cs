using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Google;

public sealed class HistoryTests
{
    [Fact]
    public async Task History_comes_in_pages_that_tell_every_mail_once_and_in_order()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var start = (string)(await gmail.GetAsync("me/profile"))["historyId"]!;
        var added = await simulator.ControlAsync("/_sim/gmail/messages", Mails(250));

        List<string> seen = [];
        List<int> sizes = [];
        JsonNode page;
        string? token = null;
        do
        {
            page = await gmail.GetAsync($"me/history?startHistoryId={start}&historyTypes=messageAdded&pageToken={token}");
            seen.AddRange(page["history"]!.AsArray().Select(record => (string)record!["messagesAdded"]![0]!["message"]!["id"]!));
            sizes.Add(page["history"]!.AsArray().Count);
            token = (string?)page["nextPageToken"];
        }
        while (token is not null);

        sizes.ShouldBe([100, 100, 50]);
        seen.ShouldBe(added!.AsArray().Select(mail => (string)mail!["id"]!));
        var end = (string)page["historyId"]!;
        (await gmail.GetAsync($"me/history?startHistoryId={end}")).AsObject().ContainsKey("history").ShouldBeFalse();
    }

    [Fact]
    public async Task A_page_has_500_records_at_most()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var start = (string)(await gmail.GetAsync("me/profile"))["historyId"]!;
        await simulator.ControlAsync("/_sim/gmail/messages", Mails(501));

        (await gmail.GetAsync($"me/history?startHistoryId={start}&maxResults=1000"))["history"]!.AsArray().Count.ShouldBe(500);
        (await gmail.GetAsync($"me/history?startHistoryId={start}&maxResults=1"))["history"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_history_id_of_a_former_run_or_of_the_future_is_not_found()
    {
        string former;
        await using (var first = await RunningSimulator.StartAsync())
        {
            former = (string)(await first.ControlAsync("/_sim/gmail/messages", Mails(1)))![0]!["historyId"]!;
        }

        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);
        var current = (string)(await gmail.GetAsync("me/profile"))["historyId"]!;

        long.Parse(current).ShouldBeGreaterThan(long.Parse(former));
        foreach (var id in new[] { former, "1", (long.Parse(current) + 1_000_000).ToString() })
        {
            using var answer = await gmail.CallAsync($"me/history?startHistoryId={id}");
            ((int)answer.StatusCode).ShouldBe(404);
            ((string)(await answer.ReadJsonAsync())["error"]!["errors"]![0]!["reason"]!).ShouldBe("notFound");
        }
    }

    [Fact]
    public async Task Without_a_history_id_the_call_is_invalid()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        var gmail = await GmailClient.SignInAsync(simulator);

        using var answer = await gmail.CallAsync("me/history");

        ((int)answer.StatusCode).ShouldBe(400);
        ((string)(await answer.ReadJsonAsync())["error"]!["status"]!).ShouldBe("INVALID_ARGUMENT");
    }

    private static object[] Mails(int count) =>
        [.. Enumerable.Range(1, count).Select(n => new { to = "demo@example.com", from = "a@b.test", subject = $"Mail {n}", body = "text" })];
}
