using System.Globalization;

namespace Switchboard.Tests.Simulator.Twilio;

public sealed class SendTests
{
    [Fact]
    public async Task An_SMS_is_taken_and_listed()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        await twilio.Simulator.ControlAsync("/_sim/twilio/statuses", new { off = true });

        using var answer = await twilio.SendAsync("+1 (555) 010-0001", body: "Grüße 👋");

        var json = await answer.ReadJsonAsync();
        ((int)answer.StatusCode).ShouldBe(201);
        ((string)json["sid"]!).ShouldMatch("^SM[0-9a-f]{32}$");
        ((string)json["status"]!).ShouldBe("queued");
        ((string)json["to"]!).ShouldBe("+15550100001");
        ((string)json["from"]!).ShouldBe("+15550009999");
        ((string)json["body"]!).ShouldBe("Grüße 👋");
        ((string)json["direction"]!).ShouldBe("outbound-api");
        ((string)json["num_segments"]!).ShouldBe("1");
        ((string)json["uri"]!).ShouldBe($"/2010-04-01/Accounts/ACdemo/Messages/{json["sid"]}.json");
        json["error_code"].ShouldBeNull();
        var created = (string)json["date_created"]!;
        DateTimeOffset.TryParseExact(created, "ddd, dd MMM yyyy HH:mm:ss zzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            .ShouldBeTrue(created);

        var item = (await twilio.ListAsync("?to=+15550100001")).ShouldHaveSingleItem();
        ((string)item["sid"]!).ShouldBe((string)json["sid"]!);
        ((string)item["direction"]!).ShouldBe("outbound-api");
        ((string)item["status"]!).ShouldBe("queued");
        (await twilio.ListAsync("?to=15550100002")).ShouldBeEmpty();
        (await twilio.ListAsync("?q=GRÜSSE")).ShouldBeEmpty();
        (await twilio.ListAsync("?q=grüße")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_messaging_service_chooses_the_sender_later()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        using var answer = await twilio.SendAsync(from: null, service: "MG1", callback: $"{twilio.Edge.Url}/api/sms/status");

        var json = await answer.ReadJsonAsync();
        ((string)json["status"]!).ShouldBe("accepted");
        json["from"].ShouldBeNull();
        ((string)json["messaging_service_sid"]!).ShouldBe("MG1");
        var status = await twilio.Edge.NextStatusAsync();
        status["MessagingServiceSid"].ShouldBe("MG1");
        status["From"].ShouldBe("+15550009999");
    }

    [Theory]
    [InlineData(21604, null, "+15550009999", "x")]
    [InlineData(21603, "+15550100001", null, "x")]
    [InlineData(21602, "+15550100001", "+15550009999", null)]
    [InlineData(21211, "nobody", "+15550009999", "x")]
    [InlineData(21211, "+0555", "+15550009999", "x")]
    [InlineData(21212, "+15550100001", "a sender too long", "x")]
    [InlineData(21266, "+15550009999", "+15550009999", "x")]
    public async Task A_message_that_Twilio_would_refuse_is_refused_with_its_code(int code, string? to, string? from, string? body)
    {
        await using var twilio = await TwilioSetting.StartAsync();

        using var answer = await twilio.SendAsync(to, from, body);

        var error = await answer.ReadJsonAsync();
        ((int)answer.StatusCode).ShouldBe(400);
        ((int)error["code"]!).ShouldBe(code);
        ((int)error["status"]!).ShouldBe(400);
        ((string)error["message"]!).ShouldNotBeEmpty();
        ((string)error["more_info"]!).ShouldBe($"https://www.twilio.com/docs/errors/{code}");
        (await twilio.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_may_have_1600_characters_and_no_more()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        using var longest = await twilio.SendAsync(body: new string('x', 1600));
        using var tooLong = await twilio.SendAsync(body: new string('x', 1601));

        ((string)(await longest.ReadJsonAsync())["num_segments"]!).ShouldBe("11");
        ((int)(await tooLong.ReadJsonAsync())["code"]!).ShouldBe(21617);
    }

    [Fact]
    public async Task A_wrong_token_is_401_and_another_account_404()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        using var wrongToken = await twilio.PostAsync([], token: "wrong");
        using var otherAccount = await twilio.PostAsync([], account: "ACother");

        ((int)wrongToken.StatusCode).ShouldBe(401);
        ((int)(await wrongToken.ReadJsonAsync())["code"]!).ShouldBe(20003);
        ((int)otherAccount.StatusCode).ShouldBe(404);
        ((int)(await otherAccount.ReadJsonAsync())["code"]!).ShouldBe(20404);
    }

    [Fact]
    public async Task A_body_that_is_no_form_has_no_fields()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/twilio/2010-04-01/Accounts/ACdemo/Messages.json")
        {
            Content = new StringContent("{}", null, "application/json"),
        };
        request.Headers.Authorization = TwilioSetting.Basic("ACdemo", "demo-twilio-token");

        using var answer = await twilio.Simulator.Http.SendAsync(request);

        ((int)(await answer.ReadJsonAsync())["code"]!).ShouldBe(21604);
    }

    [Fact]
    public async Task Who_said_STOP_gets_no_more_until_START()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        await twilio.ReceiveAsync(new { from = "+15550100001", body = " stop " });
        using var stopped = await twilio.SendAsync();
        using var other = await twilio.SendAsync("+15550100002");
        await twilio.ReceiveAsync(new { from = "+15550100001", body = "hello again", optOutType = "START" });
        using var started = await twilio.SendAsync();
        await twilio.Simulator.ControlAsync("/_sim/twilio/opt-outs", new { number = "+15550100001" });
        using var byHand = await twilio.SendAsync();

        ((int)(await stopped.ReadJsonAsync())["code"]!).ShouldBe(21610);
        ((int)other.StatusCode).ShouldBe(201);
        ((int)started.StatusCode).ShouldBe(201);
        ((int)(await byHand.ReadJsonAsync())["code"]!).ShouldBe(21610);
        ((string)(await twilio.Simulator.GetAsync("/_sim/twilio/opt-outs"))[0]!).ShouldBe("+15550100001");
    }

    [Fact]
    public async Task The_list_goes_on_from_a_cursor_and_can_be_cleared()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        foreach (var number in Enumerable.Range(1, 5))
            (await twilio.SendAsync(body: $"Number {number}")).Dispose();

        var first = await twilio.Simulator.GetAsync("/_sim/twilio/messages?since=0&limit=2");
        var next = await twilio.ListAsync($"?cursor={first["nextCursor"]}");
        using var wrong = await twilio.Simulator.Http.GetAsync("/_sim/twilio/messages?direction=up");
        (await twilio.Simulator.Http.DeleteAsync("/_sim/twilio/messages")).Dispose();

        first["items"]!.AsArray().Select(item => (string)item!["body"]!).ShouldBe(["Number 1", "Number 2"]);
        next.Select(item => (string)item["body"]!).ShouldBe(["Number 3", "Number 4", "Number 5"]);
        ((int)wrong.StatusCode).ShouldBe(400);
        (await twilio.ListAsync()).ShouldBeEmpty();
    }
}
