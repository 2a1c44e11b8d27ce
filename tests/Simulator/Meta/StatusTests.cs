namespace Switchboard.Tests.Simulator.Meta;

public sealed class StatusTests
{
    [Fact]
    public async Task A_message_is_sent_then_delivered_and_the_callback_data_comes_back()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);

        var id = await simulator.SendTextAsync("Hello", "+15550100001", "n-1");
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(5));
        clock.Advance(TimeSpan.FromMilliseconds(5));
        var statuses = await NextAsync(simulator, 1);
        var delivered = NextAsync(simulator, 1);
        await clock.RunUntilAsync(delivered);
        statuses.AddRange(await delivered);

        statuses.Select(status => status.Status).ShouldBe(["sent", "delivered"]);
        statuses.ShouldAllBe(status => status.Id == id && status.CallbackData == "n-1" && status.RecipientId == "15550100001");
    }

    [Fact]
    public async Task Statuses_of_many_messages_come_in_few_callbacks()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock, "WhatsApp:CallbackWindowMilliseconds=200");

        var ids = await Task.WhenAll(Enumerable.Range(0, 150).Select(n => simulator.SendTextAsync($"Number {n}")));
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(200));
        clock.Advance(TimeSpan.FromMilliseconds(200));
        List<int> sizes = [];
        HashSet<(string, string)> told = [];
        while (told.Count < 300)
        {
            var statuses = (await simulator.Edge.NextAsync()).Statuses();
            sizes.Add(statuses.Count);
            told.UnionWith(statuses.Select(status => (status.Id, status.Status)));
        }

        sizes.Max().ShouldBeLessThanOrEqualTo(200);
        sizes.Count.ShouldBeLessThan(30);
        told.Select(status => status.Item1).Distinct().Order().ShouldBe(ids.Order());
    }

    [Fact]
    public async Task A_callback_comes_again_until_it_is_accepted()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/whatsapp/statuses", new { off = true });
        var id = await simulator.SendTextAsync("Hello");
        simulator.Edge.AnswerNext(503, 500, 200);

        await simulator.ControlAsync("/_sim/whatsapp/statuses/send", new { id, status = "read" });

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            (await NextAsync(simulator, 1)).ShouldHaveSingleItem().Status.ShouldBe("read");
        }
    }

    [Fact]
    public async Task Statuses_can_be_shuffled_doubled_and_read()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/whatsapp/statuses", new { order = "shuffled", duplicate = true, read = 1 });

        var ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => simulator.SendTextAsync($"Number {n}")));
        var statuses = await NextAsync(simulator, 120);

        foreach (var id in ids)
        {
            statuses.Where(status => status.Id == id).Select(status => status.Status).Order()
                .ShouldBe(["delivered", "delivered", "read", "read", "sent", "sent"]);
        }

        // one in order for each of the twenty by chance is out of the question
        ids.Any(id => statuses.First(status => status.Id == id).Status != "sent").ShouldBeTrue();
    }

    [Fact]
    public async Task Statuses_can_be_off_and_sent_by_hand()
    {
        await using var simulator = await RunningSimulator.StartAsync();
        await simulator.ControlAsync("/_sim/whatsapp/statuses", new { off = true });
        var id = await simulator.SendTextAsync("Hello");

        await simulator.ControlAsync("/_sim/whatsapp/statuses/send", new { id, status = "failed", errorCode = 131026 });
        var webhook = await simulator.Edge.NextAsync();
        using var unknown = await simulator.PostAsync("/_sim/whatsapp/statuses/send", new { id = "wamid.none", status = "read" });

        webhook.Statuses().ShouldHaveSingleItem().Status.ShouldBe("failed");
        webhook.Json.ToJsonString().ShouldContain("Message undeliverable");
        ((int)unknown.StatusCode).ShouldBe(404);
    }

    private static async Task<List<WebhookStatus>> NextAsync(RunningSimulator simulator, int count)
    {
        List<WebhookStatus> statuses = [];
        while (statuses.Count < count)
        {
            statuses.AddRange((await simulator.Edge.NextAsync()).Statuses());
        }

        return statuses;
    }
}
