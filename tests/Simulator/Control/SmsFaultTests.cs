using Switchboard.Tests.Simulator.Twilio;

namespace Switchboard.Tests.Simulator.Control;

public sealed class SmsFaultTests
{
    [Fact]
    public async Task Twilio_fails_in_Twilios_way()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/faults", new { provider = "twilio", status = 429, count = 1, retryAfterSeconds = 3 });
        await twilio.Simulator.ControlAsync("/_sim/faults", new { provider = "twilio", code = 21614, count = 1 });
        using var wrong = await twilio.Simulator.PostAsync("/_sim/faults", new { provider = "twilio", code = "busy" });

        using var busy = await twilio.SendAsync();
        using var landline = await twilio.SendAsync();
        using var fine = await twilio.SendAsync();

        ((int)busy.StatusCode).ShouldBe(429);
        ((int)(await busy.ReadJsonAsync())["code"]!).ShouldBe(20429);
        busy.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(3));
        ((int)landline.StatusCode).ShouldBe(400);
        ((int)(await landline.ReadJsonAsync())["code"]!).ShouldBe(21614);
        ((int)fine.StatusCode).ShouldBe(201);
        ((int)wrong.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task A_download_is_struck_once_and_sends_are_not()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        var url = (string)(await twilio.MakeAsync(new { contentType = "image/png" }))["url"]!;
        await twilio.Simulator.ControlAsync("/_sim/faults", new { provider = "twilio-media", status = 503, count = 1 });

        using var sent = await twilio.SendAsync();
        using var failed = await twilio.FindAsync(url, TwilioSetting.Basic("ACdemo", "demo-twilio-token"));
        using var file = await twilio.OpenAsync(url);

        ((int)sent.StatusCode).ShouldBe(201);
        ((int)failed.StatusCode).ShouldBe(503);
        ((int)file.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task A_lost_answer_is_an_SMS_all_the_same()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/faults", new { provider = "twilio", mode = "accept-then-reset", count = 1 });

        await Should.ThrowAsync<HttpRequestException>(() => twilio.SendAsync());

        (await twilio.ListAsync()).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Speech_can_be_slow_and_can_fail()
    {
        var clock = new TestClock();
        await using var simulator = await RunningSimulator.StartAsync(clock);
        await simulator.ControlAsync("/_sim/faults", new { provider = "speech", latencyMs = 100, count = 1 });
        await simulator.ControlAsync("/_sim/faults", new { provider = "speech", code = "RESOURCE_EXHAUSTED", count = 1 });

        var answer = simulator.Http.PostAsync("/speech/v1/speech:recognize", null);
        await clock.WaitedForAsync(TimeSpan.FromMilliseconds(100));
        answer.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(100));
        using var slow = await answer;
        using var failed = await simulator.Http.PostAsync("/speech/v1/speech:recognize", null);

        ((int)slow.StatusCode).ShouldBe(403);
        ((int)failed.StatusCode).ShouldBe(429);
        ((string)(await failed.ReadJsonAsync())["error"]!["status"]!).ShouldBe("RESOURCE_EXHAUSTED");
    }
}
