using Switchboard.Tests.EndToEnd.Fixture;

namespace Switchboard.Tests.EndToEnd.Email;

/// <summary>The first system, as its user sees it: a mail comes in, a WhatsApp message goes out.</summary>
public sealed class MailRuleTests(ApplicationFixture app)
{
    [Fact]
    public async Task A_mail_in_the_mailbox_is_a_delivered_message_within_two_seconds_and_its_push_again_adds_nothing()
    {
        var subject = $"Invoice {Guid.CreateVersion7():n}";

        await app.Simulator.ReceiveMailAsync("billing@acme.test", subject);
        var body = $"{subject} (from billing@acme.test)\nPlease pay";
        var notification = await app.Edge.NotificationAsync(body, "delivered", TimeSpan.FromSeconds(10));

        ((string?)notification["recipient"]).ShouldBe("+15550100001");
        ((string?)notification["source"]).ShouldBe("email");
        (await app.Simulator.MessagesAsync(subject)).Count.ShouldBe(1);

        await app.Simulator.RepeatPushAsync();
        var marker = $"Invoice {Guid.CreateVersion7():n}";
        await app.Simulator.ReceiveMailAsync("billing@acme.test", marker);
        await app.Edge.NotificationAsync($"{marker} (from billing@acme.test)\nPlease pay", "delivered");

        (await app.Simulator.MessagesAsync(subject)).Count.ShouldBe(1);
        (await app.Edge.NotificationsAsync()).Count(item => (string?)item["body"] == body).ShouldBe(1);
    }

    [Fact]
    public async Task The_detail_shows_the_way_from_the_webhook_to_the_delivery()
    {
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("detail.test", "+15550111001");
        await me.MailAsync("detail-1", "a@detail.test", "The detail");

        var listed = await me.NotificationAsync("The detail", "delivered");
        var detail = await me.GetAsync($"/api/notifications/{listed["id"]}");

        var attempt = detail["attempts"]!.AsArray().ShouldHaveSingleItem()!;
        ((int)attempt["number"]!).ShouldBe(1);
        ((string?)attempt["outcome"]).ShouldBe("sent");
        ((int)attempt["providerStatus"]!).ShouldBe(200);
        var times = detail["timeline"]!.AsArray().Select(step => (DateTimeOffset)step!["at"]!).ToList();
        times.Count.ShouldBeGreaterThanOrEqualTo(4);
        times.ShouldBe(times.Order());
    }

    [Fact]
    public async Task The_same_mail_twice_gives_one_notification_also_within_one_post()
    {
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("twice.test", "+15550111002");
        var mail = new { messageId = "same", from = "a@twice.test", to = "me@example.com", subject = "Twice", text = "" };

        var taken = await me.PostAsync("/api/webhooks/email", new[] { mail, mail }, System.Net.HttpStatusCode.Accepted);
        ((int)taken["accepted"]!).ShouldBe(2);
        await me.MailAsync("same", "a@twice.test", "Twice");
        await me.MailAsync("other", "a@twice.test", "The last one");

        await me.NotificationAsync("The last one", "delivered");
        await me.NotificationAsync("Twice", "delivered");
        (await me.NotificationsAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_changed_rule_counts_for_the_very_next_mail()
    {
        var me = await app.Edge.NewUserAsync();
        var rule = await me.CreateRuleAsync("change.test", "+15550111003");
        for (var round = 0; round < 10; round++)
        {
            var recipient = $"+1555011110{round}";
            var changed = rule.DeepClone();
            changed["recipient"] = recipient;
            await EdgeClient.ReadAsync(await me.SendAsync(HttpMethod.Put, $"/api/rules/{rule["id"]}", changed), System.Net.HttpStatusCode.OK);

            await me.MailAsync($"change-{round}", "a@change.test", $"Round {round}");

            var notification = await me.NotificationAsync($"Round {round}", "delivered");
            ((string?)notification["recipient"]).ShouldBe(recipient);
        }
    }

    [Fact]
    public async Task The_first_match_wins_unless_the_rule_says_continue()
    {
        var me = await app.Edge.NewUserAsync();
        foreach (var (name, priority, goesOn) in new[] { ("first", 30, true), ("second", 20, false), ("third", 10, false) })
        {
            await me.PostAsync(
                "/api/rules",
                new
                {
                    name,
                    type = "content",
                    content = new { anyOf = new[] { "outage" } },
                    priority,
                    @continue = goesOn,
                    template = "{{rule}}: {{subject}}",
                    channel = "whatsapp",
                    recipient = "+15550111004",
                },
                System.Net.HttpStatusCode.Created);
        }

        var mail = new { messageId = "m", from = "a@b.test", to = "me@example.com", subject = "Big OUTAGE", text = "" };
        var dryRun = await me.PostAsync("/api/rules/test", new { mail }, System.Net.HttpStatusCode.OK);
        await me.PostAsync("/api/webhooks/email", mail, System.Net.HttpStatusCode.Accepted);

        await me.NotificationAsync("first: Big OUTAGE", "delivered");
        await me.NotificationAsync("second: Big OUTAGE", "delivered");
        (await me.NotificationsAsync()).Count.ShouldBe(2);
        dryRun.ToJsonString().ShouldContain("first: Big OUTAGE");
    }

    [Fact]
    public async Task A_mail_in_any_script_with_emoji_arrives_as_it_was()
    {
        var me = await app.Edge.NewUserAsync();
        await me.CreateRuleAsync("script.test", "+15550111005");

        await me.MailAsync("unicode", "a@script.test", "请付款 🧾 فاتورة");

        await me.NotificationAsync("请付款 🧾 فاتورة", "delivered");
    }
}
