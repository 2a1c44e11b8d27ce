namespace Switchboard.Tests.Simulator.Twilio;

public sealed class StatusTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("switchboard-simulator").FullName;

    [Fact]
    public async Task An_SMS_is_sent_then_delivered_and_each_callback_is_signed()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var sid = await twilio.SendTextAsync();
        var (sent, delivered) = (await twilio.Edge.NextStatusAsync(), await twilio.Edge.NextStatusAsync());

        sent["MessageStatus"].ShouldBe("sent");
        delivered["MessageStatus"].ShouldBe("delivered");
        foreach (var status in new[] { sent, delivered })
        {
            status.Url.ShouldBe($"{twilio.Edge.Url}/api/sms/status?notification=1");
            status.IsSigned().ShouldBeTrue();
            status["MessageSid"].ShouldBe(sid);
            status["AccountSid"].ShouldBe("ACdemo");
            status.Parameters.Keys.ShouldNotContain("ErrorCode");
        }
    }

    [Fact]
    public async Task An_SMS_without_a_callback_is_delivered_quietly()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/twilio/statuses", new { deliveredDelayMs = 0 });

        (await twilio.SendAsync()).Dispose();

        ((string)(await twilio.ListAsync()).ShouldHaveSingleItem()["status"]!).ShouldBe("delivered");
    }

    [Fact]
    public async Task A_callback_comes_again_until_it_is_accepted_and_what_follows_waits_for_it()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        twilio.Edge.AnswerNext(503, 404);

        await twilio.SendTextAsync();

        var tries = new List<TwilioCall>();
        for (var number = 0; number < 4; number++)
            tries.Add(await twilio.Edge.NextStatusAsync());
        tries.Select(call => call["MessageStatus"]).ShouldBe(["sent", "sent", "sent", "delivered"]);
        tries.Take(3).Select(call => call.IdempotencyToken).Distinct().ShouldHaveSingleItem().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_next_SMS_can_be_undelivered_with_a_code()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/twilio/statuses", new { undeliveredNext = 1, errorCode = 30005 });

        var sid = await twilio.SendTextAsync();
        await twilio.Edge.NextStatusAsync();
        var last = await twilio.Edge.NextStatusAsync();
        await twilio.SendTextAsync("Another");
        await twilio.Edge.NextStatusAsync();
        var other = await twilio.Edge.NextStatusAsync();

        (last["MessageSid"], last["MessageStatus"], last["ErrorCode"]).ShouldBe((sid, "undelivered", "30005"));
        other["MessageStatus"].ShouldBe("delivered");
        var item = (await twilio.ListAsync("?q=hello")).ShouldHaveSingleItem();
        ((string)item["status"]!).ShouldBe("undelivered");
        ((int)item["errorCode"]!).ShouldBe(30005);
    }

    [Fact]
    public async Task Statuses_can_be_shuffled_and_doubled()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/twilio/statuses", new { order = "shuffled", duplicate = true });

        var sids = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => twilio.SendTextAsync($"Number {number}")));
        var calls = new List<TwilioCall>();
        while (calls.Count < 80)
            calls.Add(await twilio.Edge.NextStatusAsync());

        foreach (var sid in sids)
        {
            calls.Where(call => call["MessageSid"] == sid).Select(call => call["MessageStatus"]).Order()
                .ShouldBe(["delivered", "delivered", "sent", "sent"]);
        }

        sids.Any(sid => calls.First(call => call["MessageSid"] == sid)["MessageStatus"] != "sent").ShouldBeTrue();
    }

    [Fact]
    public async Task A_status_can_be_sent_by_hand()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/twilio/statuses", new { off = true });
        var sid = await twilio.SendTextAsync();

        await twilio.Simulator.ControlAsync("/_sim/twilio/statuses/send", new { sid, status = "failed", errorCode = 30007 });
        var call = await twilio.Edge.NextStatusAsync();
        using var unknown = await twilio.Simulator.PostAsync("/_sim/twilio/statuses/send", new { sid = "SMnone", status = "sent" });
        using var wrong = await twilio.Simulator.PostAsync("/_sim/twilio/statuses", new { order = "sideways", errorCode = 1 });

        (call["MessageStatus"], call["ErrorCode"]).ShouldBe(("failed", "30007"));
        ((string)(await twilio.ListAsync()).ShouldHaveSingleItem()["status"]!).ShouldBe("failed");
        ((int)unknown.StatusCode).ShouldBe(404);
        (await wrong.ReadJsonAsync())["errors"]!.AsObject().Select(field => field.Key).Order().ShouldBe(["errorCode", "order"]);
    }

    [Fact]
    public async Task What_was_answered_for_survives_the_process_and_its_statuses_still_come()
    {
        string told, untold;
        await using (var first = await TwilioSetting.StartAsync($"Simulator:DataFolder={_folder}"))
        {
            told = await first.SendTextAsync("Told");
            await first.Edge.NextStatusAsync();
            await first.Edge.NextStatusAsync();
            while ((await first.ListAsync())[0]["told"]!.AsArray().Count < 2)
                await Task.Yield();
            await first.ReceiveAsync(new { from = "+15550100002", body = "STOP" });
            first.Edge.AnswerNext([.. Enumerable.Repeat(503, 100)]);
            untold = await first.SendTextAsync("Not told");
            await first.Edge.NextStatusAsync();
        }

        await using var edge = await TwilioReceiver.StartAsync();
        var file = Directory.GetFiles(_folder).ShouldHaveSingleItem();
        await File.WriteAllLinesAsync(file, (await File.ReadAllLinesAsync(file)).Select(line => MoveTo(edge, line)));
        await File.AppendAllTextAsync(file, """{"m":{"n":179""");
        await using var second = new TwilioSetting(
            await RunningSimulator.StartAsync($"Simulator:EdgeUrl={edge.Url}", $"Simulator:DataFolder={_folder}"), edge);

        foreach (var expected in new[] { "sent", "delivered" })
        {
            var call = await second.Edge.NextStatusAsync();
            (call["MessageSid"], call["MessageStatus"]).ShouldBe((untold, expected));
        }

        (await second.ListAsync()).Select(item => (string)item["sid"]!).ShouldBe([told, untold]);
        using var stopped = await second.SendAsync("+15550100002");
        ((int)(await stopped.ReadJsonAsync())["code"]!).ShouldBe(21610);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // the receiver of the first run is gone, with its port
    private static string MoveTo(TwilioReceiver edge, string line) =>
        System.Text.RegularExpressions.Regex.Replace(line, @"http://127\.0\.0\.1:\d+", edge.Url);
}
