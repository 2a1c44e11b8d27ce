using System.Text.Json.Nodes;

namespace Switchboard.Tests.Simulator.Twilio;

public sealed class InboundTests
{
    [Fact]
    public async Task An_SMS_calls_the_webhook_signed_and_says_what_came_of_it()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var answer = await twilio.ReceiveAsync(new { from = "+15550100001", body = "Grüße 👋\u0000 & more = 1+1" });

        var call = await twilio.Edge.NextTextAsync();
        call.Url.ShouldBe($"{twilio.Edge.Url}/api/sms/webhook");
        call.IsSigned().ShouldBeTrue();
        call.IsSigned("another token").ShouldBeFalse();
        call["Body"].ShouldBe("Grüße 👋\u0000 & more = 1+1");
        call["From"].ShouldBe("+15550100001");
        call["To"].ShouldBe("+15550009999");
        call["NumMedia"].ShouldBe("0");
        call["MessageSid"].ShouldMatch("^SM[0-9a-f]{32}$");
        call["SmsMessageSid"].ShouldBe(call["MessageSid"]);
        call["FromCity"].ShouldBeEmpty();
        ((string)answer["messageSid"]!).ShouldBe(call["MessageSid"]);
        ((int)answer["status"]!).ShouldBe(200);
        ((string)answer["twiml"]!).ShouldBe(twilio.Edge.Twiml);
        answer.AsObject().ContainsKey("reply").ShouldBeTrue();
        answer["reply"].ShouldBeNull();
        var item = (await twilio.ListAsync("?direction=inbound")).ShouldHaveSingleItem();
        ((string)item["status"]!).ShouldBe("received");
        (await twilio.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reply_in_TwiML_is_sent()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        twilio.Edge.Twiml = "<Response><Message>Thank you &amp; bye</Message><Message><Body>More</Body></Message></Response>";

        var answer = await twilio.ReceiveAsync(new { from = "+15550100001", body = "Hello" });

        ((string)answer["reply"]!).ShouldBe("Thank you & bye");
        var sent = await twilio.ListAsync("?direction=outbound-reply");
        sent.Select(item => (string)item["body"]!).ShouldBe(["Thank you & bye", "More"]);
        ((string)sent[0]["to"]!, (string)sent[0]["from"]!).ShouldBe(("+15550100001", "+15550009999"));
    }

    [Fact]
    public async Task A_reply_to_who_said_STOP_fails()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        twilio.Edge.Twiml = "<Response><Message>You are out</Message></Response>";

        await twilio.ReceiveAsync(new { from = "+15550100001", body = "STOP", optOutType = "STOP" });

        (await twilio.Edge.NextTextAsync())["OptOutType"].ShouldBe("STOP");
        var item = (await twilio.ListAsync()).ShouldHaveSingleItem();
        ((string)item["status"]!, (int)item["errorCode"]!).ShouldBe(("failed", 21610));
    }

    [Fact]
    public async Task Media_are_named_with_their_types()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        await twilio.ReceiveAsync(new
        {
            from = "+15550100001",
            to = "+15550001111",
            media = new object[]
            {
                new { contentType = "image/jpeg", sizeBytes = 5000 }, new { contentType = "image/jpeg", sizeBytes = 5000 },
                new { contentType = "audio/amr", url = "http://10.0.0.1/secret" },
            },
        });

        var call = await twilio.Edge.NextTextAsync();
        call.IsSigned().ShouldBeTrue();
        call["MessageSid"].ShouldStartWith("MM");
        (call["NumMedia"], call["To"], call["Body"]).ShouldBe(("3", "+15550001111", ""));
        (call["MediaContentType0"], call["MediaContentType2"]).ShouldBe(("image/jpeg", "audio/amr"));
        call["MediaUrl0"].ShouldStartWith(
            $"{twilio.Simulator.Http.BaseAddress}twilio/2010-04-01/Accounts/ACdemo/Messages/{call["MessageSid"]}/Media/ME");
        call["MediaUrl1"].ShouldNotBe(call["MediaUrl0"]);
        call["MediaUrl2"].ShouldBe("http://10.0.0.1/secret");
    }

    [Fact]
    public async Task The_same_SMS_can_come_again_and_several_times_at_once()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        var first = await twilio.ReceiveAsync(new { from = "+15550100001", body = "Hello", times = 3 });
        var repeated = (await twilio.Simulator.ControlAsync("/_sim/twilio/repeat"))!;
        var named = await twilio.ReceiveAsync(new { from = "+15550100001", body = "Hello", messageSid = (string)first["messageSid"]! });

        first["answers"]!.AsArray().Count.ShouldBe(3);
        foreach (var sid in new[] { first, repeated, named }.Select(answer => (string)answer["messageSid"]!))
            sid.ShouldBe((string)first["messageSid"]!);
        for (var number = 0; number < 5; number++)
            (await twilio.Edge.NextTextAsync())["MessageSid"].ShouldBe((string)first["messageSid"]!);
        (await twilio.ListAsync("?direction=inbound")).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task An_SMS_can_come_as_JSON_with_its_hash_in_the_address()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        await twilio.ReceiveAsync(new { from = "+15550100001", body = "Grüße", json = true });

        var call = await twilio.Edge.NextTextAsync();
        call.IsJson.ShouldBeTrue();
        call.Url.ShouldContain("?bodySHA256=");
        call.IsSigned().ShouldBeTrue();
        call["Body"].ShouldBe("Grüße");
    }

    [Fact]
    public async Task The_signature_can_be_wrong_or_missing()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        twilio.Edge.AnswerNext(403, 403);

        var wrong = await twilio.ReceiveAsync(new { from = "+15550100001", signature = "bm8=" });
        var missing = await twilio.ReceiveAsync(new { from = "+15550100001", signature = "" });

        ((int)wrong["status"]!, (int)missing["status"]!).ShouldBe((403, 403));
        (await twilio.Edge.NextTextAsync()).Signature.ShouldBe("bm8=");
        (await twilio.Edge.NextTextAsync()).Signature.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_webhook_is_called_once_more_when_it_fails()
    {
        await using var twilio = await TwilioSetting.StartAsync();
        twilio.Edge.AnswerNext(503, 200, 500, 502, 429);

        var recovered = await twilio.ReceiveAsync(new { from = "+15550100001", body = "First" });
        var failed = await twilio.ReceiveAsync(new { from = "+15550100001", body = "Second" });
        var refused = await twilio.ReceiveAsync(new { from = "+15550100001", body = "Third" });

        ((int)recovered["status"]!, (int)failed["status"]!, (int)refused["status"]!).ShouldBe((200, 502, 429));
        var (first, again) = (await twilio.Edge.NextTextAsync(), await twilio.Edge.NextTextAsync());
        again.IdempotencyToken.ShouldBe(first.IdempotencyToken);
        again["MessageSid"].ShouldBe(first["MessageSid"]);
    }

    [Fact]
    public async Task An_edge_that_is_not_there_has_no_status()
    {
        await using var simulator = await RunningSimulator.StartAsync("Simulator:EdgeUrl=http://127.0.0.1:1");

        var answer = (await simulator.ControlAsync("/_sim/twilio/messages", new { from = "+15550100001", body = "Hello" }))!;

        answer["status"].ShouldBeNull();
        answer["twiml"].ShouldBeNull();
    }

    [Fact]
    public async Task An_SMS_that_cannot_be_sent_says_what_to_do_about_each_field()
    {
        await using var twilio = await TwilioSetting.StartAsync();

        using var wrong = await twilio.Simulator.PostAsync(
            "/_sim/twilio/messages", new { times = 0, optOutType = "PAUSE", media = new object[] { new { contentType = "" } } });
        using var early = await twilio.Simulator.PostAsync("/_sim/twilio/repeat");

        ((int)wrong.StatusCode).ShouldBe(400);
        ((JsonObject)(await wrong.ReadJsonAsync())["errors"]!).Select(field => field.Key).Order()
            .ShouldBe(["from", "media[0]", "optOutType", "times"]);
        ((int)early.StatusCode).ShouldBe(409);
    }
}
